import { expect, test } from 'vitest';
import { boundPacking, type LaneTask, runInLanes } from '../../../src/scenario/run/lanes.ts';

interface Named extends LaneTask {
  readonly name: string;
}
const task = (name: string, { alone = false, ratePerSecond = 1 } = {}): Named => ({
  name,
  alone,
  ratePerSecond,
});

/** Runs tasks that end when told, and notes which ran side by side. */
async function watch(tasks: readonly Named[], lanes: number, ratePerSecond = 100) {
  const together: string[] = [];
  const running = new Set<string>();
  await runInLanes(tasks, { lanes, ratePerSecond }, async ({ name }) => {
    running.add(name);
    together.push([...running].sort().join(''));
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    running.delete(name);
  });
  return together;
}

test('one lane runs one after another, in order', async () => {
  expect(await watch([task('a'), task('b'), task('c')], 1)).toEqual(['a', 'b', 'c']);
});

test('lanes run side by side, no more of them than there are', async () => {
  const seen = await watch([task('a'), task('b'), task('c')], 2);
  expect(seen.slice(0, 2)).toEqual(['a', 'ab']);
  expect(seen.every((names) => names.length <= 2)).toBe(true);
});

test('a task that runs alone has none beside it, and holds up no lane while it waits', async () => {
  const seen = await watch([task('a'), task('b', { alone: true }), task('c'), task('d', { alone: true })], 3);
  expect(seen).toEqual(['a', 'ac', 'b', 'd']);
});

test('the rates of tasks side by side stay below the limit, and one above it runs alone', async () => {
  const rated = (name: string, ratePerSecond: number) => task(name, { ratePerSecond });
  const seen = await watch([rated('a', 60), rated('b', 60), rated('c', 500), rated('d', 40)], 4);
  expect(seen.filter((names) => /a.*b|c.+|.+c/.test(names))).toEqual([]);
  expect(seen[1]).toBe('ad');
});

test('the packing bound adds what runs alone to what the lanes, the longest and the rate need', () => {
  const timed = (ms: number, over: Partial<LaneTask> = {}) => ({
    alone: false,
    ratePerSecond: 1,
    ...over,
    ms,
  });
  const limits = { lanes: 2, ratePerSecond: 100 };
  expect(boundPacking([timed(10), timed(10), timed(10)], limits)).toBe(15);
  expect(boundPacking([timed(20), timed(1)], limits)).toBe(20);
  expect(boundPacking([timed(20), timed(1), timed(5, { alone: true })], limits)).toBe(25);
  const full = { ratePerSecond: 100 };
  expect(boundPacking([timed(10, full), timed(10, full), timed(10, full)], limits)).toBe(30);
});

test('after a failure nothing more is started, and it is thrown once the others have ended', async () => {
  const ran: string[] = [];
  const run = async ({ name }: Named) => {
    if (name === 'a') throw new Error('broken');
    await Promise.resolve();
    ran.push(name);
  };
  await expect(
    runInLanes([task('a'), task('b'), task('c')], { lanes: 2, ratePerSecond: 9 }, run),
  ).rejects.toThrow('broken');
  expect(ran).toEqual(['b']);
});
