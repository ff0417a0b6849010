import { expect, test } from 'vitest';
import type { Passage } from '../../../src/proxy/fault.ts';
import { actorOf, passAll } from '../support/drive.ts';

const lastDueMs = (passage: Passage | undefined) =>
  typeof passage === 'number' ? passage : passage?.departures.at(-1)?.dueMs;

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
    ]).map(lastDueMs),
  ).toEqual([0, 1_000, 1_100]);
});

test('all connections of a proxy share one bucket for each flow', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1_000, burst: 0 });
  const take = (fault = begin()) => lastDueMs(passAll(fault, [[1_000, 0]])[0]);
  expect(take()).toBe(1_000);
  expect(take()).toBe(2_000);
  expect(take(begin({ flow: 'request' }))).toBe(1_000);
});

test('per_connection gives each connection its own bucket', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1_000, burst: 0, per_connection: true });
  const connection = {};
  const take = (fault = begin()) => lastDueMs(passAll(fault, [[1_000, 0]])[0]);
  expect(take(begin({ connection }))).toBe(1_000);
  expect(take(begin({ connection }))).toBe(2_000);
  expect(take()).toBe(1_000);
});

test.each([
  ['Bps', 1],
  ['KBps', 1_000],
  ['MBps', 1_000_000],
  ['GBps', 1_000_000_000],
])('%s is a power of 1000', (unit, bytes) => {
  const fault = actorOf({ type: 'bandwidth', rate: 2, unit, burst: 0 })();
  expect(lastDueMs(passAll(fault, [[2 * bytes, 0]])[0])).toBeCloseTo(1_000, 6);
});

test('a piece leaves in slices of 20 ms of the rate, not in one step', () => {
  const fault = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 })();
  expect(passAll(fault, [[50, 0]])).toEqual([
    {
      departures: [
        { bytes: 20, dueMs: 20 },
        { bytes: 20, dueMs: 40 },
        { bytes: 10, dueMs: 50 },
      ],
      act: null,
    },
  ]);
});

test('what the burst lets pass leaves together', () => {
  const fault = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 40 })();
  expect(passAll(fault, [[60, 0]])).toEqual([
    {
      departures: [
        { bytes: 40, dueMs: 0 },
        { bytes: 20, dueMs: 20 },
      ],
      act: null,
    },
  ]);
});

test('a full read buffer at a very low rate makes a bounded number of slices, and loses no byte', () => {
  const [passage] = passAll(actorOf({ type: 'bandwidth', rate: 10 })(), [[65_536, 0]]);
  const departures = typeof passage === 'object' ? passage.departures : [];
  expect(departures).toHaveLength(1_024);
  expect(departures.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(65_536);
});

test('the head of a message leaves whole', () => {
  const fault = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 })();
  expect(passAll(fault, [[500, 0, 'head']])).toEqual([500]);
});

test('what a connection that ends never sent is no debt of the others', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 });
  const gone = begin();
  passAll(gone, [[64_000, 0]]);
  // 2,000 bytes have left after 2 s.
  gone.giveBack?.(62_000);
  expect(lastDueMs(passAll(begin(), [[10, 2_000]])[0])).toBe(2_010);
});

test('a debt behind which somebody waits stays, so that the rate is never exceeded', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 });
  const [gone, waiting] = [begin(), begin()];
  passAll(gone, [[10_000, 0]]);
  expect(lastDueMs(passAll(waiting, [[10, 0]])[0])).toBe(10_010);
  gone.giveBack?.(10_000);
  expect(lastDueMs(passAll(begin(), [[10, 0]])[0])).toBe(10_020);
});
