import { expect, test } from 'vitest';
import { blameOf, headline } from '../../../src/scenario/report/headline.ts';
import { renderItemMarkdown } from '../../../src/scenario/report/item.ts';
import { renderRunSummary } from '../../../src/scenario/report/summary.ts';
import { paidMs } from '../../../src/scenario/verdict/delays.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { Exchange, ItemResult } from '../../../src/types-run.ts';
import {
  delayed,
  ERRORS_UNDER_1,
  evidence,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  P95_UNDER_300,
  sample,
  samples,
} from '../fixtures.ts';

const item = makeItem({
  strategy: LOAD,
  slos: [P95_UNDER_300, ERRORS_UNDER_1],
  faults: [LATENCY_FAULT],
});
const baseline = samples(20, () => ({ phase: 'baseline', latencyMs: 10 }));

/** `count` calls of `ms` each, one after another. */
function inTurn(count: number, ms: number): Exchange[] {
  return Array.from({ length: count }, (_, index) => ({
    ...delayed(ms),
    startedAtMs: index * (ms + 1),
    endedAtMs: index * (ms + 1) + ms,
  }));
}

/** 40 requests of `latencyMs`, each with two delayed calls, of which only the first request's are joined. */
function loose(latencyMs: number, delayMs: number): ItemResult {
  const own = inTurn(2, delayMs);
  const measured = samples(40, (index) => ({
    latencyMs,
    dependencyExchanges: index === 0 ? own : [],
  }));
  const unjoined = Array.from({ length: 39 }, () => inTurn(2, delayMs)).flat();
  return judgeItem(
    evidence(item, [...baseline, ...measured], { unjoined, actedExchanges: [...own, ...unjoined] }),
  );
}

const summaryOf = (result: ItemResult) =>
  renderRunSummary({
    run: {
      id: 'run_0123456789abcdef',
      state: 'finished',
      startedAt: '2026-11-21T04:00:00.000Z',
      endedAt: null,
      seed: 1,
      scenarios: [],
      items: [],
      notices: [],
    },
    results: [result],
  });

test('one joined request of many does not stand for the item: all delayed calls do', () => {
  const result = loose(110, 50);
  expect(result.injected.count).toBe(80);
  expect(result).toMatchObject({
    injectedOf: 'item',
    delayedCallsPerRequest: 2,
    paidP50Ms: 100,
    amplification: 2,
    residualP50Ms: 50,
    residualP95Ms: null,
    verdict: { value: 'pass' },
  });
  expect(headline(result)).toContain(
    'It paid the delay about 2 times (2.0 calls per request, counted over the item as a whole).',
  );
  expect(headline(result)).not.toContain('own');
  expect(renderItemMarkdown(result, null)).toContain('Injected is counted over the item as a whole');
});

test('where nearly every delayed call is joined, the requests’ own figures stand', () => {
  const measured = samples(40, () => ({ latencyMs: 110, dependencyExchanges: [delayed(100)] }));
  const result = judgeItem(evidence(item, [...baseline, ...measured], { unjoined: [delayed(100)] }));
  expect(result).toMatchObject({ injectedOf: 'requests', injected: { count: 40 }, residualP50Ms: 0 });
});

test('a missed latency that unjoined delays explain is not the application’s', () => {
  const result = loose(410, 200);
  expect(blameOf(result)).toBe('injected');
  expect(summaryOf(result)).not.toContain('by the application itself');
});

test('a missed latency far beyond all unjoined delays is the application’s', () => {
  const result = loose(900, 100);
  expect(blameOf(result)).toBe('target');
  expect(headline(result)).toContain('690.0 ms beyond that is the application');
});

test('where unjoined delays leave it open, nobody is accused', () => {
  const unjoined = Array.from({ length: 40 }, (_, index) => delayed(index < 30 ? 20 : 400));
  const measured = samples(40, () => ({ latencyMs: 410 }));
  const result = judgeItem(
    evidence(item, [...baseline, ...measured], { unjoined, actedExchanges: unjoined }),
  );
  expect(result.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: null }] });
  expect(blameOf(result)).toBeNull();
  expect(headline(result)).toContain('is not known');
  expect(summaryOf(result)).toContain('1 fail (of unknown cause)');
});

test('no item is accused and in the same breath slowed by exactly what was injected', () => {
  const measured = samples(40, (index) => ({
    latencyMs: index < 30 ? 110 : 900,
    dependencyExchanges: [delayed(100)],
  }));
  const result = judgeItem(evidence(item, [...baseline, ...measured]));
  expect(blameOf(result)).toBe('target');
  expect(result.residualP50Ms).toBe(0);
  expect(summaryOf(result)).toContain('Failed by the application itself');
  for (const text of [summaryOf(result), headline(result)]) expect(text).not.toContain('exactly');
});

test('three delayed calls one after another are paid three times, and none of it is the application’s own', () => {
  const measured = samples(40, () => ({ latencyMs: 310, dependencyExchanges: inTurn(3, 100) }));
  const result = judgeItem(evidence(item, [...baseline, ...measured]));
  expect(blameOf(result)).toBe('injected');
  expect(result).toMatchObject({ amplification: 3, residualP50Ms: 200, paidP50Ms: 300 });
  expect(headline(result)).toContain(
    'It paid the delay about 3 times (3.0 calls per request, one after another).',
  );
  expect(headline(result)).not.toMatch(/application.s own/);
});

test('what remains after all delays paid is the application’s own', () => {
  const measured = samples(40, () => ({ latencyMs: 390, dependencyExchanges: inTurn(2, 100) }));
  const result = judgeItem(evidence(item, [...baseline, ...measured]));
  expect(headline(result)).toContain(
    'It paid the delay about 2 times (2.0 calls per request, one after another); 180.0 ms beyond that is the application',
  );
});

test('calls side by side are paid once, calls in turn each, and one without an end not at all', () => {
  const both = { ...delayed(30), startedAtMs: 0, endedAtMs: 30 };
  expect(paidMs(sample({ dependencyExchanges: [both, both, ...inTurn(3, 100)] }))).toBe(300);
  expect(paidMs(sample({ exchange: delayed(5), dependencyExchanges: [both, both] }))).toBe(35);
  expect(paidMs(sample({ dependencyExchanges: [both, { ...both, injectedMs: null }] }))).toBeNull();
});
