import { expect, test } from 'vitest';
import {
  explainRecovery,
  findRecovery,
  limitsFrom,
  type RecoverySearch,
} from '../../../src/scenario/drill/recovery.ts';
import type { Sample } from '../../../src/types-run.ts';
import { sampleAt, samplesBetween } from './support/samples.ts';

const rule = { windowMs: 250, windows: 4, errorShare: 0.01, p95Factor: 1.5, p95SlackMs: 50 };
const limits = { p95LimitMs: 60, errorShareLimit: 0.01 };
const EVERY_MS = 50;
const DOWN = { status: 503 };

function search(samples: readonly Sample[], fromMs = 1_000): RecoverySearch {
  return { samples, fromMs, intervalMs: EVERY_MS, limits, rule };
}

test('a service that answers again is well from its first success on', () => {
  const samples = [
    ...samplesBetween(1_000, 1_600, EVERY_MS, DOWN),
    ...samplesBetween(1_600, 4_000, EVERY_MS),
  ];
  expect(findRecovery(search(samples))).toBe(610);
});

test('successes between failures are no recovery', () => {
  const samples = [
    ...samplesBetween(1_000, 1_600, EVERY_MS, DOWN),
    ...samplesBetween(1_600, 2_200, EVERY_MS),
    sampleAt(2_200, DOWN),
    ...samplesBetween(2_250, 5_000, EVERY_MS),
  ];
  expect(findRecovery(search(samples))).toBe(1_260);
});

test('slow answers are no recovery, though they succeed', () => {
  const samples = [
    ...samplesBetween(1_000, 2_000, EVERY_MS, { latencyMs: 400 }),
    ...samplesBetween(2_000, 4_000, EVERY_MS),
  ];
  // The last slow one is due at 950 ms; answers of slow ones that ended before it do not count.
  expect(findRecovery(search(samples))).toBe(1_000);
});

test('a request that was due and has not ended keeps its window open', () => {
  const samples = samplesBetween(1_000, 2_300, EVERY_MS).filter(({ dueMs }) => dueMs !== 1_500);
  expect(findRecovery(search(samples))).toBeNull();
  expect(findRecovery(search([...samples, sampleAt(1_500)]))).toBe(10);
});

test('it takes all of the windows', () => {
  const samples = samplesBetween(1_000, 2_200, EVERY_MS);
  expect(findRecovery(search(samples))).toBeNull();
  expect(findRecovery(search([...samples, ...samplesBetween(2_200, 2_250, EVERY_MS)]))).toBe(10);
});

test('a request of the failure that succeeds after its end may be the first success', () => {
  const hung = sampleAt(900, { latencyMs: 120 });
  expect(findRecovery(search([hung, ...samplesBetween(1_000, 4_000, EVERY_MS)]))).toBe(10);
  expect(findRecovery(search([{ ...hung, latencyMs: 105 }, ...samplesBetween(1_000, 4_000, EVERY_MS)]))).toBe(
    5,
  );
});

test('windows keep their count of requests when times are no whole numbers', () => {
  const intervalMs = 1_000 / 30;
  const samples = Array.from({ length: 200 }, (_none, index) => sampleAt(index * intervalMs));
  expect(findRecovery({ ...search(samples), intervalMs })).toBeCloseTo(10, 5);
});

test('limits follow from the baseline: factor or slack, the worst window, and its errors', () => {
  const fast = samplesBetween(0, 5_000, EVERY_MS);
  expect(limitsFrom(fast, rule)).toEqual({ p95LimitMs: 60, errorShareLimit: 0.01 });
  const slow = samplesBetween(0, 5_000, EVERY_MS, { latencyMs: 200 });
  expect(limitsFrom(slow, rule).p95LimitMs).toBe(300);
  const once = [...fast, sampleAt(2_000, { latencyMs: 90 })];
  expect(limitsFrom(once, rule).p95LimitMs).toBe(90);
  const faulty = [...fast, ...samplesBetween(0, 1_000, EVERY_MS, DOWN)];
  expect(limitsFrom(faulty, rule).errorShareLimit).toBeCloseTo(20 / 120 + 0.01, 5);
});

test('the reason says what held, or what did not', () => {
  const well = search(samplesBetween(1_000, 4_000, EVERY_MS));
  expect(explainRecovery(10, well, 60_000)).toBe(
    'The first success after which 4 windows of 250 ms held (errors up to 1.0 %, p95 up to 60.0 ms) came 10.0 ms after the failure ended.',
  );
  const down = search(samplesBetween(1_000, 4_000, EVERY_MS, DOWN));
  expect(explainRecovery(null, down, 3_000)).toContain(
    'of the last 20 requests 20 failed and 0 had not ended',
  );
});
