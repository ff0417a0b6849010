import { expect, test } from 'vitest';
import { actorOf, passAll } from '../support/drive.ts';

const firstDelays = (raw: object, count: number) =>
  Array.from({ length: count }, (_, seed) => passAll(actorOf(raw)({ seed }), [[10, 0]])[0] as number).sort(
    (a, b) => a - b,
  );
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a delay counts from when the bytes arrive, once per exchange', () => {
  expect(
    passAll(actorOf({ type: 'latency', mean: 100 })(), [
      [200, 5],
      [50, 7],
      [0, 9, 'end'],
    ]),
  ).toEqual([105, 7, 9]);
});

test('with global false every chunk is delayed, the end of the stream is not', () => {
  const fault = actorOf({ type: 'latency', mean: 100, global: false })();
  expect(
    passAll(fault, [
      [200, 5],
      [50, 7],
      [0, 9, 'end'],
    ]),
  ).toEqual([105, 107, 9]);
});

test('each exchange is delayed by its own draw', () => {
  const delays = firstDelays({ type: 'latency', mean: 100, stddev: 10 }, 50);
  expect(new Set(delays).size).toBe(50);
});

test('the same stream draws the same delay', () => {
  const raw = { type: 'latency', mean: 100, stddev: 10 };
  expect(firstDelays(raw, 5)).toEqual(firstDelays(raw, 5));
});

test('negative draws are drawn again, so that there is no spike at 0', () => {
  const delays = firstDelays({ type: 'latency', mean: 10, stddev: 50 }, 500);
  expect(delays[0]).toBeGreaterThan(0);
});

test('a normal delay has its mean and deviation', () => {
  const delays = firstDelays({ type: 'latency', mean: 500, stddev: 20 }, 4_000);
  const deviation = Math.sqrt(mean(delays.map((delay) => (delay - mean(delays)) ** 2)));
  // Five standard errors: 20 / sqrt(4000) × 5.
  expect(Math.abs(mean(delays) - 500)).toBeLessThan(1.6);
  expect(Math.abs(deviation - 20)).toBeLessThan(1.2);
});

test('a uniform delay stays in its range and fills it', () => {
  const delays = firstDelays({ type: 'latency', min: 10, max: 30 }, 2_000);
  expect(delays[0]).toBeGreaterThanOrEqual(10);
  expect(delays.at(-1)).toBeLessThan(30);
  expect(Math.abs(mean(delays) - 20)).toBeLessThan(0.7);
});

test('a Pareto delay is never below its scale and has its median', () => {
  const delays = firstDelays({ type: 'latency', shape: 3, scale: 10 }, 4_001);
  expect(delays[0]).toBeGreaterThanOrEqual(10);
  // Median of a Pareto distribution: scale × 2^(1/shape).
  expect(Math.abs((delays[2_000] ?? 0) - 10 * 2 ** (1 / 3))).toBeLessThan(0.4);
});

test('Pareto-normal is the sum of both', () => {
  const delays = firstDelays({ type: 'latency', mean: 100, shape: 3, scale: 10 }, 100);
  expect(delays[0]).toBeGreaterThanOrEqual(110);
});
