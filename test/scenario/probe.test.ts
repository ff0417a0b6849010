import { expect, test } from 'vitest';
import { buildProbe, summarizeProbe } from '../../src/scenario/probe.ts';
import { judgeItem } from '../../src/scenario/verdict/judge.ts';
import type { RunResult, Sample } from '../../src/types-run.ts';
import { delayed, evidence, exchange, hit, LATENCY_FAULT, samples } from './fixtures.ts';

const [without, withFault] = buildProbe({
  url: 'http://127.0.0.1:9/orders',
  method: 'GET',
  headers: {},
  body: null,
  faults: [LATENCY_FAULT],
  upstream: null,
  durationMs: 2_000,
  clients: 2,
  rps: 10,
  timeoutMs: 1_000,
});

/** What the probe says when its two sides gave these. */
function summarize(before: readonly Sample[], after: readonly Sample[]): string {
  const results = [
    { scenario: without!, measured: before },
    { scenario: withFault!, measured: after },
  ].map(({ scenario, measured }) => ({
    ...judgeItem(evidence(scenario.items[0]!, measured)),
    scenarioTitle: scenario.title,
  }));
  const run: RunResult['run'] = {
    id: 'run_0123456789abcdef',
    state: 'finished',
    startedAt: '2026-11-21T04:00:00.000Z',
    endedAt: null,
    seed: 1,
    scenarios: [],
    items: [],
    notices: [],
  };
  return summarizeProbe({ run, results });
}

test('the side without the fault is the only baseline, and the residual is told against it', () => {
  for (const scenario of [without!, withFault!]) {
    expect(scenario.items[0]!.context.strategy).toMatchObject({ mode: 'load', baseline: false });
  }
  const slow = samples(40, () => ({ latencyMs: 110, exchange: delayed(100) }));
  const text = summarize(samples(40), slow);
  expect(text).toContain('Slowed by exactly what was injected (100.0 ms at the median).');
  expect(text).toMatch(/residual, median \|\s+–\s+\|\s+0\.0/);
});

test('a service that refuses the request even without the fault is not called resilient', () => {
  const refused = samples(40, () => ({ status: 401 }));
  const text = summarize(
    refused,
    samples(40, () => ({ status: 401, exchange: delayed(100) })),
  );
  expect(text).toMatch(/^It answers 401 even without the fault/);
  expect(text).not.toContain('expect.statuses');
  expect(summarize(samples(40), refused)).not.toContain('even without');
});

test('a side that measured nothing is told without a table of nothing', () => {
  const text = summarize([], []);
  expect(text).toMatch(/^It could not be probed: .+ that it is up\.$/);
});

test('a hollow success is named', () => {
  const broken = exchange({ outcome: 'injected', status: null, hits: [hit({ type: 'refuse' })] });
  const hollow = samples(40, () => ({ dependencyExchanges: [broken] }));
  expect(summarize(samples(40), hollow)).toContain(
    '40 of them answered 2xx although every call to the dependency failed',
  );
  expect(summarize(samples(40), samples(40))).not.toContain('although');
});
