import { expect, test, vi } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { limitLanes, orderItems } from '../../../src/scenario/run/order.ts';
import { planItems } from '../../../src/scenario/run/plan.ts';
import { type RunProgress, reportProgress } from '../../../src/scenario/run/progress.ts';
import { LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario } from '../target.ts';

/** Four loads of 10 s on four lanes, with a clock that goes by hand. */
function begin(over: { readonly requestsPerSecond?: number; readonly method?: 'DELETE' } = {}) {
  const strategy = { ...LOAD, durationMs: 10_000, baseline: false, ...over };
  const item = makeItem({ strategy, ...over });
  const plans = planItems(makeRequest([makeScenario([item, item, item, item])]));
  const limits = limitLanes(4);
  const tasks = orderItems(plans, limits, { proxies: new Map(), forward: false }).groups.flat();
  const told: RunProgress[] = [];
  const at = { ms: 0 };
  const clock: Clock = { ...makeDeps().clock, now: () => at.ms };
  const onProgress = (progress: RunProgress) => void told.push(progress);
  const reporter = reportProgress(tasks, limits, { clock, onProgress });
  return { plans, reporter, told, at };
}

test('items side by side take as long as the longest', () => {
  const { plans, reporter, told } = begin();
  reporter.start(plans[0]!);
  reporter.close();
  expect(told[0]!.remainingMs).toBeLessThan(11_000);
});

test('items that run alone take as long as all of them, which is said once', () => {
  const { plans, reporter, told } = begin({ method: 'DELETE' });
  reporter.start(plans[0]!);
  reporter.start(plans[1]!);
  reporter.close();
  expect(told[0]!.remainingMs).toBeGreaterThanOrEqual(40_000);
  expect(told[0]!.message).toContain('(4 run alone)');
  expect(told[1]!.message).not.toContain('alone');
});

test('items that each take the whole rate take as long as all of them', () => {
  const { plans, reporter, told } = begin({ requestsPerSecond: 100 });
  reporter.start(plans[0]!);
  reporter.close();
  expect(told[0]!.remainingMs).toBeGreaterThanOrEqual(40_000);
});

test('within one long item progress moves with its time, and never falls', () => {
  const { plans, reporter, told, at } = begin();
  reporter.start(plans[0]!);
  for (const ms of [2_500, 5_000, 9_000, 20_000, 60_000]) {
    at.ms = ms;
    reporter.samples(plans[0]!, { sent: 1, failed: 0 });
  }
  reporter.finish(plans[0]!);
  reporter.close();
  const done = told.map(({ doneItems }) => doneItems);
  expect(done[1]).toBeCloseTo(0.25, 1);
  expect(done[2]).toBeCloseTo(0.5, 1);
  expect(done.slice(0, -1).every((value, index) => value < done[index + 1]!)).toBe(true);
  expect(done.at(-2)).toBeLessThan(1);
  expect(done.at(-1)).toBe(1);
});

test('an item without any sample moves on by itself', () => {
  vi.useFakeTimers();
  try {
    const { plans, reporter, told, at } = begin();
    reporter.start(plans[0]!);
    at.ms = 4_000;
    vi.advanceTimersByTime(1_000);
    reporter.close();
    expect(told.at(-1)!.doneItems).toBeCloseTo(0.4, 1);
    expect(told.at(-1)!.message).toBe(told[0]!.message);
  } finally {
    vi.useRealTimers();
  }
});
