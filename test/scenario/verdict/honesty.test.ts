// What a first reader found the reports to say wrongly: accusations that the ledger does not carry, and passes
// that prove nothing.
import { expect, test } from 'vitest';
import { blameOf, describeSlowdown, headline } from '../../../src/scenario/report/headline.ts';
import { renderItemMarkdown } from '../../../src/scenario/report/item.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { DependencyTraffic, ItemResult } from '../../../src/types-run.ts';
import {
  delayed,
  ERRORS_UNDER_1,
  evidence,
  exchange,
  hit,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  P95_UNDER_300,
  sample,
  samples,
} from '../fixtures.ts';

const slowLoad = makeItem({ strategy: LOAD, slos: [P95_UNDER_300, ERRORS_UNDER_1], faults: [LATENCY_FAULT] });
const baseline = samples(10, () => ({ phase: 'baseline', latencyMs: 15 }));
const traffic = (perRequest: number): DependencyTraffic => ({
  proxy: 'payments',
  exchanges: 40 * perRequest,
  hits: 40 * perRequest,
  perRequest,
  joinedBy: 'item',
});
const delays = (count: number, delayMs: number) => Array.from({ length: count }, () => delayed(delayMs));

/** 40 requests that each paid a delay at a dependency, of which only the first could be joined to its exchange. */
function halfJoined(latencyMs: number, delayMs: number, calls: number): ItemResult {
  const faulted = samples(40, (index) => ({
    latencyMs,
    dependencyExchanges: index === 0 ? [delayed(delayMs)] : [],
  }));
  const unjoined = delays(40 * calls - 1, delayMs);
  return judgeItem(
    evidence(slowLoad, [...baseline, ...faulted], {
      unjoined,
      dependencies: [traffic(calls)],
      actedExchanges: [delayed(delayMs), ...unjoined],
    }),
  );
}

test('one joined request of many does not stand for the item', () => {
  const result = halfJoined(415, 400, 1);
  expect(result.injected.count).toBe(40);
  expect(result.residualP50Ms).toBeCloseTo(0, 5);
  expect(describeSlowdown(result)).toMatch(/^Slowed by exactly what was injected/);
});

test('an objective missed because of unjoined delays is not put down to the application', () => {
  expect(blameOf(halfJoined(515, 500, 1))).toBe('injected');
});

test('an objective missed beyond the unjoined delays still is', () => {
  expect(blameOf(halfJoined(1_015, 500, 1))).toBe('target');
});

test('where too few delays were seen to tell, nobody is accused', () => {
  const faulted = samples(40, () => ({ latencyMs: 515 }));
  const unjoined = delays(10, 500);
  const result = judgeItem(
    evidence(slowLoad, [...baseline, ...faulted], { unjoined, actedExchanges: unjoined }),
  );
  expect(result.verdict.value).toBe('fail');
  expect(blameOf(result)).toBeNull();
  expect(headline(result)).toContain('is not known');
});

test('several calls to one dependency are told as such, not as slow code', () => {
  const text = describeSlowdown(halfJoined(1_215, 400, 3));
  expect(text).toContain('paid the delay about 3 times (3.0 calls per request');
  expect(text).not.toContain('own');
});

test('what remains beyond the calls is the application’s own', () => {
  expect(describeSlowdown(halfJoined(2_015, 400, 3))).toMatch(
    /800\.0 ms beyond that is the application's own/,
  );
});

test('a load that only gets 401 proves nothing, whatever its objectives say', () => {
  const refused = samples(40, () => ({ status: 401, latencyMs: 5, exchange: delayed(100) }));
  const { verdict } = judgeItem(evidence(slowLoad, refused));
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: expect.stringContaining('answers 401 (40 of 40)') }],
  });
});

test('a 401 after a baseline that was accepted is judged', () => {
  const refused = samples(40, () => ({ status: 401, latencyMs: 5, exchange: delayed(100) }));
  expect(judgeItem(evidence(slowLoad, [...baseline, ...refused])).verdict.value).toBe('pass');
});

test('a 4xx that the proxy injected is no refusal of the target', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [LATENCY_FAULT] });
  const injected = exchange({
    status: 429,
    outcome: 'injected',
    hits: [hit({ type: 'httperror', status: 429 })],
  });
  expect(judgeItem(evidence(item, [sample({ status: 429, exchange: injected })])).verdict.value).toBe('fail');
});

test('an item that was stopped says so before it says that a fault never acted', () => {
  const obstacle = { message: 'the run was cancelled', cause: null, remedy: 'Run it again.' };
  const { verdict } = judgeItem(
    evidence(slowLoad, [...baseline, ...samples(5)], { obstacle, plannedRequests: 60 }),
  );
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: 'stopped after 5 of 60 requests: the run was cancelled' }],
  });
});

test('a hollow success is named, also where nothing that was declared counts it', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [LATENCY_FAULT] });
  const severed = exchange({ outcome: 'injected', status: null, hits: [hit({ type: 'refuse' })] });
  const result = judgeItem(evidence(item, [sample({ status: 200, dependencyExchanges: [severed] })]));
  expect(result.outcomes).toEqual({ '200 hollow': 1 });
  expect(headline(result)).toMatch(/1 of 1 answers were hollow/);
  expect(headline(result)).not.toContain('Held');
});

test('a 503 that was expected is told as expected, one that was not as the application’s own', () => {
  const item = makeItem({ expect: { statuses: [503] } });
  const calls = samples(2, () => ({ status: 503 }));
  const asked = judgeItem(evidence(item, calls));
  expect(headline(asked)).toContain('2 × 503, as expected');
  expect(renderItemMarkdown(asked, null)).not.toMatch(/application.s own/);
  const unasked = judgeItem(evidence(makeItem({ expect: { statuses: [200] } }), calls));
  expect(renderItemMarkdown(unasked, null)).toMatch(/2 the application.s own/);
});

test('a pool that says goodbye to its database while a request is under way makes no success of it hollow', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [LATENCY_FAULT] });
  const goodbye = exchange({
    method: null,
    status: null,
    outcome: 'client_gone',
    requestBytes: 5,
    responseBytes: 0,
  });
  const outcomes = (...dependencyExchanges: readonly (typeof goodbye)[]) =>
    judgeItem(evidence(item, [sample({ status: 200, dependencyExchanges })])).outcomes;
  expect(outcomes(goodbye)).toEqual({ '200': 1 });
  // A query that a fault kept from its answer is none.
  expect(outcomes({ ...goodbye, hits: [hit({ type: 'blackhole' })] })).toEqual({ '200 hollow': 1 });
});
