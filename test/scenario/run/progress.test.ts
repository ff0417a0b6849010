import { expect, test } from 'vitest';
import { planItems } from '../../../src/scenario/run/plan.ts';
import { type RunProgress, reportProgress } from '../../../src/scenario/run/progress.ts';
import { LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario } from '../target.ts';

const { clock } = makeDeps();
const item = makeItem({ strategy: { ...LOAD, durationMs: 10_000, baseline: false } });
const plans = planItems(makeRequest([makeScenario([item, item, item, item])]));

/** What is told when the first of four items of 10 s starts on four lanes. */
function starts(resources: readonly string[], why: string | null, rate = 1): RunProgress[] {
  const told: RunProgress[] = [];
  const reporter = reportProgress(
    plans.map((plan) => ({ plan, resources, ratePerSecond: rate })),
    { lanes: 4, ratePerSecond: 200 },
    why,
    { clock, onProgress: (progress) => void told.push(progress) },
  );
  for (const plan of plans.slice(0, 2)) reporter.start(plan);
  return told;
}

test('items side by side take as long as the longest', () => {
  expect(starts([], null)[0]!.remainingMs).toBeLessThan(11_000);
});

test('items that need the same proxy take as long as all of them, and the reason is told once', () => {
  const [first, second] = starts(['payments'], 'proxy payments is open');
  expect(first!.remainingMs).toBeGreaterThanOrEqual(40_000);
  expect(first!.message).toContain('(one after another: proxy payments is open)');
  expect(second!.message).not.toContain('one after another');
});

test('items that each take the whole rate take as long as all of them', () => {
  expect(starts([], null, 200)[0]!.remainingMs).toBeGreaterThanOrEqual(40_000);
});
