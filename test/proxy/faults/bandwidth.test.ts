import { expect, test } from 'vitest';
import type { Passage } from '../../../src/proxy/fault.ts';
import { actorOf, passAll } from '../support/drive.ts';

/** `[bytes, dueMs]` of each part. */
const partsOf = (passage: Passage | undefined) =>
  typeof passage === 'object' ? passage.departures.map(({ bytes, dueMs }) => [bytes, dueMs]) : passage;
const turnsOf = (passage: Passage | undefined) =>
  typeof passage === 'object' ? passage.departures.flatMap(({ turn }) => turn ?? []) : [];
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
    ]).map(lastDueMs),
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
  expect(passAll(fault, [[50, 0]]).map(partsOf)).toEqual([
    [
      [20, 20],
      [20, 40],
      [10, 50],
    ],
  ]);
});

test('what the burst lets pass leaves together', () => {
  const fault = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 40 })();
  expect(passAll(fault, [[60, 0]]).map(partsOf)).toEqual([
    [
      [40, 0],
      [20, 20],
    ],
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
  expect(passAll(fault, [[500, 0, 'head']]).map(partsOf)).toEqual([[[500, 500]]]);
});

test('what a connection that ends never sent is no debt of those who come later', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 });
  const gone = begin();
  const turns = turnsOf(passAll(gone, [[64_000, 0]])[0]);
  gone.giveBack?.(
    turns.filter(({ dueMs }) => dueMs > 2_000),
    2_000,
  );
  expect(lastDueMs(passAll(begin(), [[10, 2_000]])[0])).toBeCloseTo(2_010, 6);
});

test('those who wait behind a connection that ends move up, are told once, and stay at the rate', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 });
  const [before, gone, behind] = [begin(), begin(), begin()];
  const first = turnsOf(passAll(before, [[20, 0]])[0]);
  const taken = turnsOf(passAll(gone, [[10_000, 0]])[0]);
  const waiting = turnsOf(passAll(behind, [[40, 0]])[0]);
  expect(waiting.map(({ dueMs }) => dueMs)).toEqual([10_040, 10_060]);
  let told = 0;
  const tell = () => {
    told += 1;
  };
  for (const turn of waiting) turn.onEarlier = tell;
  gone.giveBack?.(taken, 5);
  expect([...first, ...waiting].map(({ dueMs }) => dueMs)).toEqual([20, 40, 60]);
  expect(told).toBe(1);
  expect(lastDueMs(passAll(begin(), [[10, 5]])[0])).toBe(70);
});

test('tokens that a connection had been waiting for are not saved up beyond a slice', () => {
  const begin = actorOf({ type: 'bandwidth', rate: 1, unit: 'KBps', burst: 0 });
  const [gone, behind] = [begin(), begin()];
  // A head leaves whole: 10 s of waiting for one time to leave.
  const taken = turnsOf(passAll(gone, [[10_000, 0, 'head']])[0]);
  const waiting = turnsOf(passAll(behind, [[100, 0]])[0]);
  gone.giveBack?.(taken, 9_000);
  expect(waiting.map(({ dueMs }) => dueMs)).toEqual([9_000, 9_020, 9_040, 9_060, 9_080]);
});
