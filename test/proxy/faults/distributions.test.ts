// What faults draw follows its model, by a Kolmogorov–Smirnov test at the level 0.001 on fixed seeds.
import { expect, test } from 'vitest';
import type { Passage } from '../../../src/proxy/fault.ts';
import { actorOf, passAll } from '../support/drive.ts';
import {
  type Distribution,
  discrete,
  geometric,
  normal,
  pareto,
  paretoNormal,
  redrawnAtZero,
  refusal,
  uniform,
} from '../support/kolmogorov-smirnov.ts';

const firstDueMs = (passage: Passage | undefined) =>
  typeof passage === 'number' ? passage : (passage?.departures[0]?.dueMs ?? Number.NaN);

/** What the first piece of each exchange waits. */
const delaysOf = (raw: object, bytes = 100, count = 10_000) => {
  const begin = actorOf(raw);
  return Array.from({ length: count }, (_, seed) => firstDueMs(passAll(begin({ seed }), [[bytes, 0]])[0]));
};

test.each<[string, object, Distribution]>([
  ['uniform', { min: 10, max: 30 }, uniform(10, 30)],
  ['normal', { mean: 500, stddev: 20 }, normal(500, 20)],
  ['normal, negative draws redrawn', { mean: 10, stddev: 50 }, redrawnAtZero(normal(10, 50))],
  ['Pareto', { shape: 1.5, scale: 10 }, pareto(1.5, 10)],
  ['Pareto-normal', { mean: 20, stddev: 5, shape: 3, scale: 10 }, redrawnAtZero(paretoNormal(20, 5, 3, 10))],
])('a latency is drawn as its distribution says: %s', (_, raw, model) => {
  expect(refusal(delaysOf({ type: 'latency', ...raw }), model)).toBeLessThan(1);
});

test('every chunk is delayed by a draw of its own, from the same distribution', () => {
  const fault = actorOf({ type: 'latency', min: 0, max: 50, global: false })();
  const pieces = Array.from({ length: 10_000 }, () => [10, 0] as const);
  expect(refusal(passAll(fault, pieces).map(firstDueMs), uniform(0, 50))).toBeLessThan(1);
});

test('jitter delays by U(0, amplitude)', () => {
  const begin = actorOf({ type: 'jitter', amplitude: 80, frequency: 10 });
  const delays = Array.from({ length: 10_000 }, (_, slot) => {
    const atMs = slot * 100;
    return firstDueMs(passAll(begin({ seed: slot }), [[10, atMs]])[0]) - atMs;
  });
  expect(refusal(delays, uniform(0, 80))).toBeLessThan(1);
});

/** Stalls of a lost segment: the first timeout, then doubled ones; each repeat is lost with probability `again`. */
function timeouts(rtoMs: number, lost: number, again: number): [number, number][] {
  return Array.from({ length: 9 }, (_, repeat) => {
    return [rtoMs * (2 ** (repeat + 1) - 1), lost * again ** repeat * (1 - again)];
  });
}

test.each([
  ['the least one of 200 ms', { rtt: 50 }, 200],
  ['three round-trip times (RFC 6298, 2.2)', { rtt: 100 }, 300],
  ['a least one that is given', { rtt: 50, rto_min: 1_000 }, 1_000],
])(
  'a lone lost segment waits for retransmission timeouts, each twice the one before: %s',
  (_, raw, rtoMs) => {
    const model = discrete([[0, 0.7], ...timeouts(rtoMs, 0.3, 0.3)]);
    expect(refusal(delaysOf({ type: 'packetloss', rate: 0.3, ...raw }), model)).toBeLessThan(1);
  },
);

test('a lost segment that three others follow is repeated after one round trip, then after timeouts', () => {
  const late = timeouts(200, 0.3 * 0.3, 0.3).map(([ms, share]): [number, number] => [50 + ms, share]);
  const model = discrete([[0, 0.7], [50, 0.3 * 0.7], ...late]);
  expect(refusal(delaysOf({ type: 'packetloss', rate: 0.3 }, 4 * 1_460), model)).toBeLessThan(1);
});

/** Segments sent one by one on one flow: how many pass between two losses, and how often each lost one is lost. */
function lossesOf(raw: object) {
  const fault = actorOf({ type: 'packetloss', ...raw })();
  const pieces = Array.from({ length: 40_000 }, () => [100, 0] as const);
  const gaps: number[] = [];
  const runs: number[] = [];
  let clear = 0;
  for (const stallMs of passAll(fault, pieces).map(firstDueMs)) {
    if (stallMs === 0) {
      clear += 1;
      continue;
    }
    gaps.push(clear);
    runs.push(Math.log2(stallMs / 200 + 1));
    clear = 0;
  }
  return { gaps, runs };
}

test('Bernoulli losses come independently of each other', () => {
  const { gaps, runs } = lossesOf({ rate: 0.1 });
  expect(refusal(gaps, geometric(0.1))).toBeLessThan(1);
  // A run of losses of one segment, itself included.
  expect(
    refusal(
      runs.map((run) => run - 1),
      geometric(0.9),
    ),
  ).toBeLessThan(1);
});

test('Gilbert–Elliott losses come in bursts of geometric length, with geometric gaps', () => {
  const { gaps, runs } = lossesOf({ rate: 0.1, model: 'gilbert-elliott', burst_length: 2 });
  expect(
    refusal(
      runs.map((run) => run - 1),
      geometric(1 / 2),
    ),
  ).toBeLessThan(1);
  // The good state is left with (1/2) × 0.1 / 0.9, so that a tenth of all segments is lost.
  expect(refusal(gaps.slice(1), geometric(0.05 / 0.9))).toBeLessThan(1);
});

test('a distribution that is a little off is refused', () => {
  const delays = delaysOf({ type: 'latency', min: 0, max: 100 });
  expect(refusal(delays, uniform(0, 100))).toBeLessThan(1);
  expect(refusal(delays, uniform(0, 105))).toBeGreaterThan(1);
  expect(refusal(delays, uniform(-5, 100))).toBeGreaterThan(1);
  expect(refusal(delays, normal(50, 100 / Math.sqrt(12)))).toBeGreaterThan(1);
  expect(refusal(lossesOf({ rate: 0.1 }).gaps, geometric(0.05 / 0.9))).toBeGreaterThan(1);
});
