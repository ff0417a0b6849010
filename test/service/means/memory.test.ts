import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sleep, systemClock } from '../../../src/clock.ts';
import { findPlace } from '../../../src/service/control-group.ts';
import { findProgram } from '../../../src/service/find-program.ts';
import { limitMemory } from '../../../src/service/means/memory.ts';
import { limitByData } from '../../../src/service/means/memory-data.ts';
import { readProc, readResidentBytes } from '../../../src/service/processes.ts';
import { BASE_ENV, makeGround, startTarget } from './ground.ts';

const canLimit = process.platform === 'linux' && (await findProgram('prlimit', BASE_ENV)) !== null;
const byData = test.runIf(canLimit);
const byAny = test.runIf(canLimit || (await findPlace(process.pid, 'memory')) !== null);

/** Takes as many megabytes as it is asked for, keeps them, and says whether it got them. */
const HOARDER = `
  import { createServer } from 'node:http';
  const held = [];
  createServer((req, res) => {
    const megabytes = Number(new URL(req.url, 'http://x').searchParams.get('take') ?? 0);
    try {
      for (let n = 0; n < megabytes; n += 1) held.push(Buffer.alloc(1e6, 1));
      res.end('got it');
    } catch (error) {
      res.writeHead(500).end(error.message);
    }
  }).listen(Number(process.env.PORT), '127.0.0.1');
`;

async function take(baseUrl: string, megabytes: number): Promise<string> {
  return fetch(`${baseUrl}/?take=${megabytes}`).then(
    (response) => response.text(),
    () => 'no answer',
  );
}

async function limitIt(share: number, forMs = 60_000) {
  const service = await startTarget(HOARDER);
  const ground = await makeGround();
  const group = service.groupId()!;
  const target = { service, group, presentBytes: readResidentBytes(group)!, share };
  const active = await limitByData(target, forMs, ground);
  if (typeof active === 'string') throw new Error(active);
  return { service, ground, group, active };
}

function readDataLimit(pid: number): string {
  return /^Max data size +(\S+)/m.exec(readProc(`${pid}/limits`) ?? '')?.[1] ?? '';
}

byData(
  'a limit on data lets the target have its room and no more, and what it asks for beyond fails',
  async () => {
    const { service, ground, group, active } = await limitIt(0.5);
    expect(readDataLimit(group)).toMatch(/^\d+$/);
    expect(await ground.listNotes()).toMatchObject([
      { mend: { kind: 'data_limit', processes: [{ pid: group }] } },
    ]);
    expect(await take(service.baseUrl, 1)).toBe('got it');
    expect(await take(service.baseUrl, 500)).not.toBe('got it');
    await active.end();
    expect(await active.evidence()).toMatchObject({ value: true });
    expect(await ground.listNotes()).toEqual([]);
  },
);

byData('after end the target may have what it likes', async () => {
  const { service, group, active } = await limitIt(0.5);
  await active.end();
  await active.end();
  expect(readDataLimit(group)).toBe('unlimited');
  expect(await take(service.baseUrl, 200)).toBe('got it');
});

byData(
  'a target that needs nothing more has withstood the limit, and that it never met it is told',
  async () => {
    const { active } = await limitIt(1);
    await active.end();
    expect(await active.evidence()).toMatchObject({
      value: true,
      evidence: expect.stringMatching(/on at (\d+) of \1 looks; .* so it never met the limit$/),
    });
  },
);

byData('a limit that somebody has lifted is not said to have acted', async () => {
  const { active, group } = await limitIt(0.5);
  execFileSync('prlimit', ['--pid', String(group), '--data=unlimited:']);
  // Looks come every 100 ms: most of them see no limit.
  await sleep(systemClock, 1_500);
  await active.end();
  expect(await active.evidence()).toMatchObject({ value: false });
});

byData('the limit goes by itself when its time has come', async () => {
  const { group, ground } = await limitIt(0.5, 300);
  await expect.poll(() => readDataLimit(group), { timeout: 30_000 }).toBe('unlimited');
  await expect.poll(() => ground.listNotes(), { timeout: 30_000 }).toEqual([]);
});

byAny('by whatever can be done here, a target that wants much more is kept from it', async () => {
  const service = await startTarget(HOARDER);
  const active = await limitMemory(service, 0.3, 60_000, await makeGround());
  expect(await take(service.baseUrl, 500)).not.toBe('got it');
  await active.end();
  expect(await active.evidence()).toMatchObject({ value: true });
});

test.runIf((await findPlace(process.pid, 'memory')) === null)(
  'where nothing can be done, the error says what was tried, and nothing is noted',
  async () => {
    const ground = { ...(await makeGround()), baseEnv: { PATH: '/no/such/folder' } };
    const error = limitMemory(await startTarget(), 0.5, 1_000, ground);
    await expect(error).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      hint: expect.stringContaining('scope: machine'),
    });
    expect(await ground.listNotes()).toEqual([]);
  },
);

test.each([0, 1.5])('a room of %s is refused', async (share) => {
  const error = limitMemory(await startTarget(), share, 1_000, await makeGround());
  await expect(error).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
