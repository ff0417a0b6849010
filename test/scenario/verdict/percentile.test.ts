import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fisherExact, percentileInterval, wilsonInterval } from '../../../src/scenario/verdict/interval.ts';
import {
  minSamples,
  percentile,
  sortValues,
  summarizeLatency,
} from '../../../src/scenario/verdict/percentile.ts';

const oneToTen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('percentiles are Hyndman–Fan type 6, as R gives them', () => {
  // R: quantile(1:10, c(.25, .5, .75, .95), type = 6) is 2.75 5.50 8.25 10.00
  expect([25, 50, 75, 95].map((p) => percentile(oneToTen, p))).toEqual([2.75, 5.5, 8.25, 10]);
});

test('p95 of twenty values lies between the last two', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
  // R: quantile(1:20, .95, type = 6) is 19.95
  expect(percentile(twenty, 95)).toBeCloseTo(19.95, 10);
});

test('a percentile that reaches an unanswered request is infinite, one below it is not', () => {
  const values = [1, 2, 3, Number.POSITIVE_INFINITY];
  expect(percentile(values, 99)).toBe(Number.POSITIVE_INFINITY);
  expect(percentile(values, 70)).toBe(Number.POSITIVE_INFINITY);
  expect(percentile(values, 50)).toBe(2.5);
});

test('p99 needs 100 samples, p95 20, p75 4 and the median one', () => {
  expect([99, 95, 75, 50, 99.9].map(minSamples)).toEqual([100, 20, 4, 1, 1000]);
});

test('ten samples have no p99 and no p95, but a median', () => {
  const summary = summarizeLatency(oneToTen);
  expect(summary).toMatchObject({ count: 10, p50Ms: 5.5, p95Ms: null, p99Ms: null, minMs: 1, maxMs: 10 });
});

test('no samples have no figures at all', () => {
  expect(summarizeLatency([])).toEqual({
    count: 0,
    minMs: null,
    meanMs: null,
    p25Ms: null,
    p50Ms: null,
    p75Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
  });
});

test('a percentile is never outside the values and never falls as the percent grows', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const sorted = sortValues(values);
      const percentiles = [0, 10, 25, 50, 75, 95, 99, 100].map((p) => percentile(sorted, p));
      expect(percentiles).toEqual(sortValues(percentiles));
      expect(percentiles[0]).toBe(sorted[0]);
      expect(percentiles.at(-1)).toBe(sorted.at(-1));
    }),
  );
});

test('wilson gives the published interval of 1 in 20', () => {
  const [low, high] = wilsonInterval(1, 20);
  expect(low).toBeCloseTo(0.0089, 4);
  expect(high).toBeCloseTo(0.2361, 4);
});

test('wilson of no trials says nothing, and of no failures starts at zero', () => {
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  expect(wilsonInterval(0, 60)[0]).toBe(0);
  expect(wilsonInterval(0, 60)[1]).toBeCloseTo(0.0602, 4);
});

test('the interval of a median of ten is the second to the ninth value', () => {
  // Conover, table of order statistics: n = 10, coverage 97.9 %.
  expect(percentileInterval(oneToTen, 50)).toEqual([2, 9]);
});

test('five values have no interval for their median', () => {
  expect(percentileInterval([1, 2, 3, 4, 5], 50)).toBeNull();
});

test('the interval covers the true median in at least 95 % of draws', () => {
  let seed = 1;
  const next = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  let covered = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const [low, high] = percentileInterval(sortValues(Array.from({ length: 40 }, next)), 50)!;
    if (low <= 0.5 && 0.5 <= high) covered += 1;
  }
  expect(covered / 2_000).toBeGreaterThan(0.94);
});

test('fisher gives the lady tasting tea', () => {
  expect(fisherExact(3, 4, 1, 4)).toBeCloseTo(0.4857, 4);
  expect(fisherExact(0, 60, 30, 60)).toBeLessThan(1e-9);
  expect(fisherExact(0, 1, 1, 1)).toBe(1);
});
