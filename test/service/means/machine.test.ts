import { freemem } from 'node:os';
import { expect, test } from 'vitest';
import { sleep, systemClock } from '../../../src/clock.ts';
import { findProgram } from '../../../src/service/find-program.ts';
import { stressMachine } from '../../../src/service/means/machine.ts';
import { isSameRunning } from '../../../src/service/processes.ts';
import { BASE_ENV, makeGround } from './ground.ts';

const onLinux = test.runIf(process.platform === 'linux');
/** A share of the memory that is small on any machine. */
const BYTES = 200_000_000;
const hasStressNg = (await findProgram('stress-ng', BASE_ENV)) !== null;
/** Where stress-ng is not found. */
const BARE_ENV = { PATH: '/no/such/folder' };
const ENVS = [
  ...(hasStressNg ? [{ name: 'stress-ng', baseEnv: BASE_ENV }] : []),
  { name: 'a stressor of our own', baseEnv: BARE_ENV },
];

async function listStressors(ground: Awaited<ReturnType<typeof makeGround>>) {
  const [note] = await ground.listNotes();
  return note?.mend.kind === 'end' ? note.mend.processes : [];
}

for (const { name, baseEnv } of ENVS) {
  onLinux(`${name} keeps processors busy, is measured, and is gone after end`, async () => {
    const ground = { ...(await makeGround()), baseEnv };
    const active = await stressMachine('cpu', 0.2, 60_000, ground);
    expect(active.broke).toContain(`kept busy by ${name}`);
    const stressors = await listStressors(ground);
    expect(stressors.length).toBeGreaterThan(0);
    await sleep(systemClock, 2_000);
    await active.end();
    await active.end();
    expect(stressors.map(isSameRunning)).not.toContain(true);
    expect(await ground.listNotes()).toEqual([]);
    expect(await active.evidence()).toMatchObject({
      value: true,
      evidence: expect.stringContaining('by the stressor'),
    });
  });

  onLinux(`${name} holds the memory by the time that it is said to, and gives it back`, async () => {
    const ground = { ...(await makeGround()), baseEnv };
    const active = await stressMachine('memory', BYTES / freemem(), 60_000, ground);
    const stressors = await listStressors(ground);
    await active.end();
    const { value, evidence } = await active.evidence();
    expect(value).toBe(true);
    expect(Number(/up to ([\d.]+) MB/.exec(evidence)?.[1])).toBeGreaterThan((BYTES / 1e6) * 0.8);
    expect(stressors.map(isSameRunning)).not.toContain(true);
  });

  onLinux(`${name} ends by itself when its time has come`, async () => {
    const ground = { ...(await makeGround()), baseEnv };
    const active = await stressMachine('cpu', 0.1, 500, ground);
    const stressors = await listStressors(ground);
    await expect.poll(() => stressors.filter(isSameRunning), { timeout: 30_000 }).toEqual([]);
    await active.end();
    expect(await ground.listNotes()).toEqual([]);
  });
}

onLinux('cancelling ends the stressor without a call of end', async () => {
  const abort = new AbortController();
  const ground = await makeGround(abort.signal);
  const active = await stressMachine('cpu', 0.1, 60_000, ground);
  const stressors = await listStressors(ground);
  abort.abort();
  await expect.poll(() => stressors.filter(isSameRunning), { timeout: 30_000 }).toEqual([]);
  await active.end();
});

test.each([
  ['cpu', 0.96],
  ['memory', 0.91],
  ['memory', 0],
] as const)('%s above the bound or none (%s) is refused before anything starts', async (what, share) => {
  const ground = await makeGround();
  await expect(stressMachine(what, share, 1_000, ground)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await ground.listNotes()).toEqual([]);
});
