import { expect, test } from 'vitest';
import { createRandom, drawSeed, MAX_SEED } from '../src/random.ts';

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the same seed and keys give the same stream', () => {
  expect(take(20, createRandom(7, 'item', 3).next)).toEqual(take(20, createRandom(7, 'item', 3).next));
});

test('another seed, another key and another number of keys give other streams', () => {
  const first = createRandom(7, 'item').next();
  expect(createRandom(8, 'item').next()).not.toBe(first);
  expect(createRandom(7, 'items').next()).not.toBe(first);
  expect(createRandom(7, 'it', 'em').next()).not.toBe(first);
});

test('forking does not move the stream that is forked', () => {
  const forked = createRandom(7);
  forked.fork('a').next();
  expect(forked.next()).toBe(createRandom(7).next());
});

test('forks by neighbouring numbers are not correlated', () => {
  const root = createRandom(1);
  const firsts = Array.from({ length: 20_000 }, (_, index) => root.fork(index).next());
  const pairs = firsts.slice(1).map((value, index) => (value - 0.5) * ((firsts[index] ?? 0) - 0.5));
  // Standard error of the mean of n products of two independent uniforms is (1/12)/√n.
  expect(Math.abs(mean(pairs))).toBeLessThan(4 / 12 / Math.sqrt(pairs.length));
});

test('draws are uniform in [0, 1)', () => {
  const counts = new Array<number>(10).fill(0);
  const { next } = createRandom(42);
  for (let round = 0; round < 100_000; round += 1) {
    const slot = Math.floor(next() * 10);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // 99.9 % quantile of chi-square with 9 degrees of freedom.
  expect(chiSquare).toBeLessThan(27.88);
});

test('normal draws have the mean and the deviation asked for', () => {
  const random = createRandom(3);
  const values = take(50_000, () => random.normal(100, 15));
  const centre = mean(values);
  expect(Math.abs(centre - 100)).toBeLessThan((4 * 15) / Math.sqrt(values.length));
  expect(Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))).toBeCloseTo(15, 0);
});

test('Pareto draws never fall below the scale and have the median of the law', () => {
  const random = createRandom(5);
  const values = take(50_001, () => random.pareto(3, 20)).toSorted((a, b) => a - b);
  expect(values[0]).toBeGreaterThanOrEqual(20);
  expect(values[25_000]).toBeCloseTo(20 * 2 ** (1 / 3), 0);
});

test('drawn seeds are integers in range', () => {
  const seeds = take(100, drawSeed);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < MAX_SEED)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(90);
});
