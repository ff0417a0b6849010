import { expect, test } from 'vitest';
import type { Split } from '../../../src/proxy/fault.ts';
import { actorOf, passAll } from '../support/drive.ts';

const splitOf = (raw: object, bytes: number, seed = 1) =>
  passAll(actorOf({ type: 'packetloss', ...raw })({ seed }), [[bytes, 0]])[0] as Split;
const stallsOf = (raw: object, exchanges: number) =>
  Array.from({ length: exchanges }, (_, seed) => splitOf(raw, 100, seed).departures[0]?.dueMs ?? Number.NaN);

test('no byte is dropped from a delivered stream, and order is kept', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const { departures, act } = splitOf({ rate: 0.3 }, 100_000, seed);
    expect(act).toBeNull();
    expect(departures.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(100_000);
    expect(departures.map(({ dueMs }) => dueMs)).toEqual(
      departures.map(({ dueMs }) => dueMs).sort((a, b) => a - b),
    );
  }
});

test('without loss nothing waits', () => {
  expect(splitOf({ rate: 0 }, 100_000).departures).toEqual([{ bytes: 100_000, dueMs: 0 }]);
});

test('a lone segment that is lost waits for the retransmission timeout, doubled for each repeat', () => {
  const stalls = new Set(stallsOf({ rate: 0.5 }, 2_000));
  expect([...stalls].sort((a, b) => a - b).slice(0, 5)).toEqual([0, 200, 600, 1_400, 3_000]);
});

test('the share of lone segments that wait is the rate', () => {
  const lost = stallsOf({ rate: 0.05 }, 10_000).filter((stall) => stall > 0).length;
  // 99.9 % interval of a binomial share: 3.29 × sqrt(0.05 × 0.95 / 10000).
  expect(Math.abs(lost / 10_000 - 0.05)).toBeLessThan(0.0072);
});

test('a lost segment that others follow costs one round trip', () => {
  const stalls = Array.from({ length: 200 }, (_, seed) => splitOf({ rate: 0.01, rtt: 40 }, 1_460 * 10, seed))
    .flatMap(({ departures }) => departures.map(({ dueMs }) => dueMs))
    .filter((dueMs) => dueMs > 0);
  expect(stalls.length).toBeGreaterThan(5);
  expect(stalls).toContain(40);
});

test('what follows a lost segment waits for it, what came before does not', () => {
  const split = Array.from({ length: 200 }, (_, seed) =>
    splitOf({ rate: 0.02, rtt: 40 }, 1_460 * 20, seed),
  ).find(({ departures }) => departures.length === 2 && departures[1]?.dueMs === 40);
  expect(split?.departures[0]?.dueMs).toBe(0);
  expect((split?.departures[0]?.bytes ?? 0) + (split?.departures[1]?.bytes ?? 0)).toBe(1_460 * 20);
});

test('the timeout follows the round-trip time above its minimum (RFC 6298)', () => {
  const stalls = new Set(stallsOf({ rate: 0.5, rtt: 100 }, 500));
  expect([...stalls].sort((a, b) => a - b).slice(0, 3)).toEqual([0, 300, 900]);
});

test('after 15 repeats the connection fails as TCP would', () => {
  const { departures, act } = splitOf({ rate: 1 }, 100);
  expect(departures).toEqual([]);
  expect(act?.act).toEqual({ do: 'reset' });
  // Linux with tcp_retries2 = 15 and an RTO of 200 ms: 924.6 s.
  expect(act?.atMs).toBeCloseTo(924_600, 0);
});

test('Gilbert–Elliott loses the same share in bursts of the given length', () => {
  const model = { rate: 0.05, model: 'gilbert-elliott', burst_length: 4, rtt: 7, rto_min: 1_000 };
  let segments = 0;
  let clear = 0;
  // Share of exchanges whose one segment passes at once: the long-run share of the good state.
  for (let seed = 0; seed < 10_000; seed += 1) {
    segments += 1;
    if (splitOf(model, 100, seed).departures[0]?.dueMs === 0) clear += 1;
  }
  expect(Math.abs(1 - clear / segments - 0.05)).toBeLessThan(0.0072);
  // A lost lone segment is repeated in the same burst: P(lost again) = 1 - 1/4.
  const repeats = Array.from(
    { length: 20_000 },
    (_, seed) => splitOf(model, 100, seed).departures[0]?.dueMs ?? 0,
  );
  const lost = repeats.filter((stall) => stall > 0);
  const again = lost.filter((stall) => stall > 1_000);
  expect(Math.abs(again.length / lost.length - 0.75)).toBeLessThan(0.06);
});
