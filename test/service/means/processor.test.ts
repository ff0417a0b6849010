import { expect, test } from 'vitest';
import { sleep, systemClock } from '../../../src/clock.ts';
import { takeProcessor } from '../../../src/service/means/processor.ts';
import { lookAtProcess } from '../../../src/service/processes.ts';
import { makeGround, startTarget } from './ground.ts';

const onPosix = test.skipIf(process.platform === 'win32');
const onLinux = test.runIf(process.platform === 'linux');

/** Counts as fast as it may, and tells how far it is. */
const COUNTER = `
  import { createServer } from 'node:http';
  let count = 0;
  const step = () => { const untilMs = performance.now() + 1; while (performance.now() < untilMs) count += 1; setImmediate(step); };
  step();
  createServer((_req, res) => res.end(String(process.cpuUsage().user))).listen(Number(process.env.PORT), '127.0.0.1');
`;

onPosix('the target is stopped for its share of the time, and runs on when it has ended', async () => {
  const service = await startTarget();
  const ground = await makeGround();
  const active = await takeProcessor(service, 0.8, 60_000, ground);
  expect(await ground.listNotes()).toMatchObject([
    { mend: { kind: 'continue', processes: [{ pid: service.groupId() }] } },
  ]);
  await sleep(systemClock, 2_000);
  await active.end();
  await active.end();
  expect(await ground.listNotes()).toEqual([]);
  const { value, evidence } = await active.evidence();
  expect(value).toBe(true);
  // The edges lie on a grid, so the share holds on a busy machine too, within what a late timer costs.
  const share = Number(/stopped for ([\d.]+) %/.exec(evidence)?.[1]) / 100;
  expect(share).toBeGreaterThan(0.65);
  expect(share).toBeLessThan(0.95);
  expect((await fetch(service.baseUrl)).status).toBe(200);
});

onLinux('a target that computes gets less of the processor while it is taken', async () => {
  const service = await startTarget(COUNTER);
  const ground = await makeGround();
  const pid = service.groupId()!;
  const spend = async () => {
    const before = lookAtProcess(pid)!.ownTicks;
    await sleep(systemClock, 1_500);
    return lookAtProcess(pid)!.ownTicks - before;
  };
  const free = await spend();
  const active = await takeProcessor(service, 0.9, 60_000, ground);
  const taken = await spend();
  await active.end();
  expect(free).toBeGreaterThan(0);
  expect(taken).toBeLessThan(free * 0.5);
  expect(lookAtProcess(pid)?.state).not.toBe('T');
});

onLinux('it ends by itself when its time has come, and leaves nothing stopped', async () => {
  const service = await startTarget();
  const active = await takeProcessor(service, 0.9, 300, await makeGround());
  await sleep(systemClock, 300);
  await expect.poll(() => lookAtProcess(service.groupId()!)?.state, { timeout: 30_000 }).toBe('S');
  await active.end();
  expect(lookAtProcess(service.groupId()!)?.state).toBe('S');
});

onPosix('cancelling lets the target go, and the note goes with end', async () => {
  const abort = new AbortController();
  const service = await startTarget();
  const ground = await makeGround(abort.signal);
  const active = await takeProcessor(service, 0.99, 600_000, ground);
  abort.abort();
  await active.end();
  expect((await fetch(service.baseUrl)).status).toBe(200);
  expect(await ground.listNotes()).toEqual([]);
});

onLinux('a target that is crashed and started again meanwhile is held back too', async () => {
  const service = await startTarget();
  const active = await takeProcessor(service, 0.5, 60_000, await makeGround());
  await service.crash();
  await service.start();
  const pid = service.groupId()!;
  await expect.poll(() => lookAtProcess(pid)?.state, { timeout: 30_000, interval: 7 }).toBe('T');
  await active.end();
  await expect.poll(() => lookAtProcess(pid)?.state, { timeout: 30_000 }).toBe('S');
});

test.each([0, 1, -0.5, Number.NaN])('a share of %s is refused and nothing is noted', async (share) => {
  const ground = await makeGround();
  await expect(takeProcessor(await startTarget(), share, 1_000, ground)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
  expect(await ground.listNotes()).toEqual([]);
});

onPosix('a service that does not run is told, and nothing is noted', async () => {
  const service = await startTarget();
  const ground = await makeGround();
  await service.crash();
  await expect(takeProcessor(service, 0.5, 1_000, ground)).rejects.toMatchObject({
    code: 'SERVICE_NOT_READY',
  });
  expect(await ground.listNotes()).toEqual([]);
});
