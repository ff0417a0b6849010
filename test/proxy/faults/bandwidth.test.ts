import { expect, test } from 'vitest';
import { actorOf, passAll } from '../support/drive.ts';

test('bytes leave at the rate, once the burst is used up', () => {
  // 100 kB/s: 100 B per ms; the burst of 10 ms holds 1,000 B.
  const fault = actorOf({ type: 'bandwidth', rate: 100, unit: 'KBps' })();
  expect(
    passAll(fault, [
      [1_000, 0],
      [1_000, 0],
      [500, 0],
      [0, 0, 'end'],
    ]),
  ).toEqual([0, 10, 15, 0]);
});

test('an answer that is small for the rate does not wait', () => {
  expect(passAll(actorOf({ type: 'bandwidth', rate: 512, unit: 'KBps' })(), [[27, 3]])).toEqual([3]);
});

test('the burst fills up again in idle time, never beyond its size', () => {
  const fault = actorOf({ type: 'bandwidth', rate: 1_000, burst: 100 })();
  expect(
    passAll(fault, [
      [100, 0],
      [100, 1_000],
      [100, 1_000],
    ]),
  ).toEqual([0, 1_000, 1_100]);
});

test('all connections of a proxy share one bucket for each flow', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1_000, burst: 0 });
  expect(passAll(begin(), [[1_000, 0]])).toEqual([1_000]);
  expect(passAll(begin(), [[1_000, 0]])).toEqual([2_000]);
  expect(passAll(begin({ flow: 'request' }), [[1_000, 0]])).toEqual([1_000]);
});

test('per_connection gives each connection its own bucket', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1_000, burst: 0, per_connection: true });
  const connection = {};
  expect(passAll(begin({ connection }), [[1_000, 0]])).toEqual([1_000]);
  expect(passAll(begin({ connection }), [[1_000, 0]])).toEqual([2_000]);
  expect(passAll(begin(), [[1_000, 0]])).toEqual([1_000]);
});

test.each([
  ['Bps', 1],
  ['KBps', 1_000],
  ['MBps', 1_000_000],
  ['GBps', 1_000_000_000],
])('%s is a power of 1000', (unit, bytes) => {
  expect(passAll(actorOf({ type: 'bandwidth', rate: 2, unit, burst: 0 })(), [[2 * bytes, 0]])).toEqual([
    1_000,
  ]);
});
