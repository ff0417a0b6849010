import { expect, test } from 'vitest';
import { actorOf, passAll } from '../support/drive.ts';

const NEVER = Number.POSITIVE_INFINITY;

test('jitter delays at most one operation in each slot, by up to its amplitude', () => {
  // 8 Hz: slots of 125 ms from the epoch.
  const begin = actorOf({ type: 'jitter', amplitude: 80, frequency: 8 }, 1_000);
  const delays = [1_000, 1_001, 1_124, 1_125, 1_130, 2_000].map(
    (atMs, seed) => (passAll(begin({ seed }), [[10, atMs]])[0] as number) - atMs,
  );
  expect(delays.map((delay) => delay > 0)).toEqual([true, false, false, true, false, true]);
  expect(Math.max(...delays)).toBeLessThanOrEqual(80);
});

test('jitter keeps a slot for each flow', () => {
  const begin = actorOf({ type: 'jitter', amplitude: 80, frequency: 1 });
  expect(passAll(begin({ flow: 'request' }), [[1, 0]])[0]).toBeGreaterThan(0);
  expect(passAll(begin({ flow: 'response' }), [[1, 0]])[0]).toBeGreaterThan(0);
});

test('a blackhole without an end never lets go', () => {
  expect(passAll(actorOf({ type: 'blackhole' })(), [[10, 5]])).toEqual([NEVER]);
});

test('after a blackhole bytes arrive on the back-off schedule of TCP', () => {
  const begin = actorOf({ type: 'blackhole' });
  // Sent at 0: repeated at 200, 600, 1400, 3000.
  expect(passAll(begin({ activeUntilMs: 1_000 }), [[10, 0]])).toEqual([1_400]);
  expect(passAll(begin({ activeUntilMs: 1_000 }), [[10, 950]])).toEqual([1_150]);
});

test('after a dead blackhole nothing held ever arrives', () => {
  const begin = actorOf({ type: 'blackhole', after: 'dead' });
  expect(passAll(begin({ activeUntilMs: 1_000 }), [[10, 0]])).toEqual([NEVER]);
});

test('an HTTP error takes the place of a head, and of nothing else', () => {
  const fault = actorOf({ type: 'httperror', status_code: 503, headers: { 'Retry-After': '2' } })();
  const [head, body] = passAll(fault, [
    [100, 5, 'head'],
    [10, 6],
  ]);
  expect(head).toMatchObject({
    departures: [],
    act: {
      atMs: 5,
      act: { do: 'answer', status: 503, headers: { 'content-type': 'application/json', 'Retry-After': '2' } },
    },
  });
  expect(body).toBe(6);
});

test.each([
  ['{"a":1}', 'application/json'],
  ['<p>no</p>', 'text/html; charset=utf-8'],
  ['no', 'text/plain; charset=utf-8'],
])('the type of an error follows its body %s', (body, type) => {
  const [head] = passAll(actorOf({ type: 'httperror', body })(), [[9, 0, 'head']]);
  expect(head).toMatchObject({ act: { act: { headers: { 'content-type': type } } } });
});

test('a reset after bytes lets exactly those pass', () => {
  const fault = actorOf({ type: 'reset', after_bytes: 150 })();
  expect(
    passAll(fault, [
      [100, 1],
      [100, 2],
    ]),
  ).toEqual([1, { departures: [{ bytes: 50, dueMs: 2 }], act: { atMs: 2, act: { do: 'reset' } } }]);
});

test('a reset after a time needs no byte', () => {
  expect(actorOf({ type: 'reset', after_ms: 30 })({ startedAtMs: 100 }).alarm?.()).toEqual({
    atMs: 130,
    act: { do: 'reset' },
  });
});

test('a close carries its delay', () => {
  expect(actorOf({ type: 'close', delay: 20 })({ startedAtMs: 5 }).alarm?.()).toEqual({
    atMs: 5,
    act: { do: 'close', delayMs: 20 },
  });
});

test('a slow body whose chunks vary draws each size, by its seed', () => {
  const sizesOf = (seed: number) => {
    const fault = actorOf({ type: 'slow_body', chunk_bytes: 10, variation: 3, interval: 5 })({ seed });
    const [passage] = passAll(fault, [[2_000, 0]]);
    if (typeof passage !== 'object') throw new Error('it did not split');
    return passage.departures.map(({ bytes }) => bytes).slice(0, -1);
  };
  const sizes = sizesOf(1);
  expect(new Set(sizes)).toEqual(new Set([7, 8, 9, 10, 11, 12, 13]));
  expect(sizesOf(1)).toEqual(sizes);
  expect(sizesOf(2)).not.toEqual(sizes);
});

test('a slow close delays the end of the stream only', () => {
  const fault = actorOf({ type: 'slow_close', delay: 30 })();
  expect(
    passAll(fault, [
      [200, 0, 'head'],
      [6, 1],
      [0, 2, 'end'],
    ]),
  ).toEqual([0, 1, { departures: [{ bytes: 0, dueMs: 32 }], act: null }]);
});

test('a slow body sends the head at once and dribbles the rest', () => {
  const fault = actorOf({ type: 'slow_body', chunk_bytes: 4, interval: 10 })();
  const [head, first, second] = passAll(fault, [
    [200, 0, 'head'],
    [6, 0],
    [6, 50],
  ]);
  expect(head).toBe(0);
  expect(first).toEqual({
    departures: [
      { bytes: 4, dueMs: 0 },
      { bytes: 2, dueMs: 10 },
    ],
    act: null,
  });
  // Two bytes fill the chunk begun at 10, the others begin one at once, as its time is long over.
  expect(second).toEqual({
    departures: [
      { bytes: 2, dueMs: 50 },
      { bytes: 4, dueMs: 50 },
    ],
    act: null,
  });
});

test('fail_first acts on the first exchanges only, the same for both flows of one', () => {
  const raw = {
    type: 'fail_first',
    count: 2,
    fault: { type: 'latency', mean: 10, side: 'server', direction: 'both' },
  };
  const begin = actorOf(raw);
  const exchange = {};
  const delayOf = (options = {}) => passAll(begin(options), [[1, 0]])[0];
  expect(delayOf({ exchange, flow: 'request' })).toBe(10);
  expect(delayOf({ exchange, flow: 'response' })).toBe(10);
  expect([delayOf(), delayOf(), delayOf()]).toEqual([10, 0, 0]);
});

test.each([
  ['connection', { connection: {} }, { connection: {} }],
  ['client', { client: '127.0.0.1' }, { client: '::1' }],
])('fail_first counts for each %s', (per, first, second) => {
  const begin = actorOf({ type: 'fail_first', count: 1, per, fault: { type: 'latency', mean: 10 } });
  const delays = [first, first, second, second].map((options) => passAll(begin(options), [[1, 0]])[0]);
  expect(delays).toEqual([10, 0, 10, 0]);
});

test('fail_first remembers ten thousand clients, and forgets the one that has been away longest', () => {
  const begin = actorOf({
    type: 'fail_first',
    count: 1,
    per: 'client',
    fault: { type: 'latency', mean: 10 },
  });
  const delayOf = (client: string) => passAll(begin({ client }), [[1, 0]])[0];
  expect([delayOf('back'), delayOf('away')]).toEqual([10, 10]);
  for (let other = 0; other < 9_998; other += 1) delayOf(`other ${other}`);
  expect(delayOf('back')).toBe(0);
  expect(delayOf('one more')).toBe(10);
  expect([delayOf('back'), delayOf('away')]).toEqual([0, 10]);
});

test('a DNS failure says when it shows', () => {
  expect(actorOf({ type: 'dns', failure: 'nxdomain' })().resolve?.(5)).toEqual({
    failure: 'nxdomain',
    atMs: 5,
  });
  expect(actorOf({ type: 'dns', failure: 'timeout' })().resolve?.(5)).toEqual({
    failure: 'timeout',
    atMs: 10_005,
  });
});
