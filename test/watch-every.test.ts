import { expect, test } from 'vitest';
import { watchEvery } from '../src/watch-every.ts';
import { createFakeClock } from './helpers/fake-clock.ts';

const EPOCH_MS = 1_000;

function setUp(look: (atMs: number) => Promise<number | null>) {
  const clock = createFakeClock(900);
  const cancel = new AbortController();
  const watch = watchEvery(() => look, { clock, epochMs: EPOCH_MS, signal: cancel.signal }, 250);
  return { clock, watch, cancel };
}

test('looks begin with the drill and come every everyMs, their times counted from its beginning', async () => {
  const { clock, watch } = setUp(async (atMs) => atMs);
  await clock.advanceTo(EPOCH_MS + 749);
  expect(await watch.stop()).toEqual([0, 250, 500]);
});

test('a slow look is awaited, those due meanwhile are left out, and the rhythm is kept', async () => {
  let under = 0;
  const clock = createFakeClock(EPOCH_MS);
  const slow = async (atMs: number) => {
    under += 1;
    expect(under).toBe(1);
    if (atMs === 250) await clock.sleepUntil(EPOCH_MS + 900);
    under -= 1;
    return atMs;
  };
  const deps = { clock, epochMs: EPOCH_MS, signal: new AbortController().signal };
  const watch = watchEvery(() => slow, deps, 250);
  await clock.advanceTo(EPOCH_MS + 1_300);
  expect(await watch.stop()).toEqual([0, 250, 1_000, 1_250]);
});

test('a look that fails or sees nothing yields no point, and the next one comes', async () => {
  const { clock, watch } = setUp(async (atMs) => {
    if (atMs === 0) throw new Error('no');
    return atMs === 250 ? null : atMs;
  });
  await clock.advanceTo(EPOCH_MS + 600);
  expect(await watch.stop()).toEqual([500]);
});

test('it ends when the drill is cancelled, before the drill began too, and stops again without harm', async () => {
  const early = setUp(async (atMs) => atMs);
  early.cancel.abort();
  expect(await early.watch.stop()).toEqual([]);
  const { clock, watch, cancel } = setUp(async (atMs) => atMs);
  await clock.advanceTo(EPOCH_MS + 10);
  cancel.abort();
  await clock.advanceTo(EPOCH_MS + 1_000);
  expect(await watch.stop()).toEqual([0]);
  expect(await watch.stop()).toEqual([0]);
  expect(clock.waitingFor).toEqual([]);
});
