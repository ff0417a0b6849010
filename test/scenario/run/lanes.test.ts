import { expect, test } from 'vitest';
import { type LaneTask, runInLanes } from '../../../src/scenario/run/lanes.ts';

interface Named extends LaneTask {
  readonly name: string;
}
const task = (name: string, resources: readonly string[] = [], ratePerSecond = 1): Named => ({
  name,
  resources,
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

test('two tasks that need the same thing never run side by side, others overtake', async () => {
  const seen = await watch([task('a', ['port 1']), task('b', ['port 1']), task('c', ['port 2'])], 3);
  expect(seen.some((names) => names.includes('a') && names.includes('b'))).toBe(false);
  expect(seen[1]).toBe('ac');
});

test('the rates of tasks side by side stay below the limit, and one above it runs alone', async () => {
  const seen = await watch([task('a', [], 60), task('b', [], 60), task('c', [], 500), task('d', [], 40)], 4);
  expect(seen.filter((names) => /a.*b|c.+|.+c/.test(names))).toEqual([]);
  expect(seen[1]).toBe('ad');
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
