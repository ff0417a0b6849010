import { expect, test } from 'vitest';
import { sleep, systemClock } from '../../src/clock.ts';
import { listGroupPids, type ProcessLook } from '../../src/service/processes.ts';
import { countTicks, watchVitals } from '../../src/service/vitals.ts';
import type { VitalPoint } from '../../src/types-watch.ts';
import { IDLE, startScript } from './running.ts';

const onLinux = test.runIf(process.platform === 'linux');
const MEGABYTE = 1_000_000;

/** A process of `pid` that has spent `own` ticks, and its ended children `children`. */
function look(pid: number, own: number, children = 0): ProcessLook {
  return { pid, group: 1, state: 'R', ownTicks: own, childTicks: children, startTicks: pid };
}

async function watchFor(pid: number, forMs: number, everyMs = 100): Promise<readonly VitalPoint[]> {
  const deps = { clock: systemClock, epochMs: systemClock.now(), signal: new AbortController().signal };
  const watch = watchVitals(() => listGroupPids(pid), deps, everyMs);
  await sleep(systemClock, forMs);
  return watch.stop();
}

/** The mean of all points, by their time. */
function meanCores(points: readonly VitalPoint[]): number {
  let lastMs = 0;
  let area = 0;
  for (const { atMs, targetCores } of points) {
    area += (targetCores ?? 0) * (atMs - lastMs);
    lastMs = atMs;
  }
  return area / lastMs;
}

test('processor time is that of all processes of the group, new ones included', () => {
  expect(countTicks([look(1, 100)], [look(1, 130), look(2, 20)])).toBe(50);
});

test('a child that ended and was waited for is not counted twice', () => {
  // It had 40 when it was seen last, and 55 in the end.
  expect(countTicks([look(1, 100), look(2, 40)], [look(1, 110, 55)])).toBe(25);
});

test('a child that was born and ended between two looks counts', () => {
  expect(countTicks([look(1, 100)], [look(1, 100, 30)])).toBe(30);
});

test('processes that are gone without a trace make nothing negative', () => {
  expect(countTicks([look(1, 100), look(2, 500)], [look(1, 120)])).toBe(20);
  expect(countTicks([look(1, 100)], [])).toBe(0);
});

test('another process with the id of an ended one is a new one', () => {
  expect(countTicks([look(1, 900)], [{ ...look(1, 10), startTicks: 77 }])).toBe(10);
});

onLinux('a busy target shows its cores and its memory, and an idle one next to none', async () => {
  const { pid: busy } = await startScript(
    `const held = Buffer.alloc(${100 * MEGABYTE}, 1); console.log(held.length); setImmediate(() => { for (;;); });`,
  );
  const { pid: idle } = await startScript(IDLE);
  const [seenBusy, seenIdle] = await Promise.all([watchFor(busy, 1_500), watchFor(idle, 1_500)]);
  // Another load on the machine takes from it, but more than one core it cannot have.
  expect(meanCores(seenBusy)).toBeGreaterThan(0.1);
  expect(meanCores(seenBusy)).toBeLessThan(1.3);
  expect(meanCores(seenIdle)).toBeLessThan(meanCores(seenBusy) / 2);
  expect(seenBusy.at(-1)!.targetBytes).toBeGreaterThan(100 * MEGABYTE);
  expect(seenIdle.at(-1)!.targetBytes).toBeLessThan(100 * MEGABYTE);
});

onLinux('the machine tells its processors, memory and swap', async () => {
  const points = await watchFor(process.pid, 500);
  expect(points.length).toBeGreaterThan(0);
  for (const point of points) {
    expect(point.machineCpuShare ?? 0).toBeGreaterThanOrEqual(0);
    expect(point.machineCpuShare ?? 0).toBeLessThanOrEqual(1);
    expect(point.machineMemoryShare).toBeGreaterThan(0);
    expect(point.machineMemoryShare).toBeLessThan(1);
    expect(point.swapUsedBytes).toBeGreaterThanOrEqual(0);
    expect(point.swapPages).toBeGreaterThanOrEqual(0);
  }
  const times = points.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

onLinux('a target that ends while it is watched is seen without memory, and the watch goes on', async () => {
  const { pid } = await startScript(IDLE);
  const deps = { clock: systemClock, epochMs: systemClock.now(), signal: new AbortController().signal };
  let looks = 0;
  const count = () => {
    looks += 1;
    return listGroupPids(pid);
  };
  const watch = watchVitals(count, deps, 50);
  await expect.poll(() => looks, { timeout: 30_000 }).toBeGreaterThan(2);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => listGroupPids(pid), { timeout: 30_000 }).toEqual([]);
  const looksBefore = looks;
  await expect.poll(() => looks, { timeout: 30_000 }).toBeGreaterThan(looksBefore + 3);
  const points = await watch.stop();
  expect(points[0]!.targetBytes).toBeGreaterThan(0);
  expect(points.at(-1)).toMatchObject({ targetBytes: 0, targetCores: 0 });
});

test('a watch ends when the drill is cancelled, keeps what it saw, and may be stopped twice', async () => {
  const abort = new AbortController();
  const deps = { clock: systemClock, epochMs: systemClock.now(), signal: abort.signal };
  const watch = watchVitals(() => Promise.reject(new Error('no processes')), deps, 10);
  await sleep(systemClock, 200);
  abort.abort();
  const points = await watch.stop();
  expect(points.length).toBeGreaterThan(0);
  expect(points[0]).toMatchObject({ targetCores: null, targetBytes: null });
  expect(await watch.stop()).toBe(points);
});
