import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { renderCloudMonitoring, renderOpenSlo, renderPromql } from '../../../src/scenario/slo/formats.ts';
import { renderSuggestedSlos } from '../../../src/scenario/slo/render.ts';
import { suggestSlos } from '../../../src/scenario/slo/suggest.ts';
import type { Item } from '../../../src/types.ts';
import type { RunResult, Sample } from '../../../src/types-run.ts';
import { LATENCY_FAULT, makeItem, samples } from '../fixtures.ts';

const faulted = makeItem({ faults: [LATENCY_FAULT] });

function runOf(item: Item): RunResult {
  const head = { id: 'run_1', state: 'finished', startedAt: '', endedAt: null, seed: 1 } as const;
  const planned = { id: 'item-1', scenarioTitle: 'slow', endpoint: 'GET /orders/{id}', item };
  return { run: { ...head, scenarios: [], items: [planned], notices: [] }, results: [] };
}

const quiet = (count: number, make: (index: number) => Partial<Sample> = () => ({})) =>
  samples(count, (index) => ({ phase: 'baseline', ...make(index) }));

test('objectives come from requests without faults alone, with headroom and the reason', () => {
  const slow = samples(500, () => ({ latencyMs: 900, status: 500 }));
  const { slos, leftOut } = suggestSlos(runOf(faulted), [
    ...quiet(100, (n) => ({ latencyMs: n + 1 })),
    ...slow,
  ]);
  expect(leftOut).toEqual([]);
  // p99 of 1..100 is 99.99 (Hyndman–Fan type 6); 1.5 times that, to two digits, is 150.
  expect(slos[0]).toMatchObject({ kind: 'latency', objectivePercent: 99, thresholdMs: 150 });
  expect(slos[0]?.reason).toContain('p99 of 100 requests');
  // No failure in 100: below 3 % with 95 % confidence, so 97 %, of which 95 is the next rung.
  expect(slos[1]).toMatchObject({ kind: 'availability', objectivePercent: 95, thresholdMs: null });
  expect(slos[1]?.reason).toContain('97');
});

test('items without faults count, whatever their phase is called', () => {
  const { slos } = suggestSlos(
    runOf(makeItem({ faults: [] })),
    samples(40, () => ({ latencyMs: 20 })),
  );
  expect(slos.map(({ kind, objectivePercent }) => [kind, objectivePercent])).toEqual([
    ['latency', 95],
    ['availability', 90],
  ]);
});

test('never 100 %, however much was measured', () => {
  const { slos } = suggestSlos(runOf(faulted), quiet(100_000));
  expect(slos.map(({ objectivePercent }) => objectivePercent)).toEqual([99, 99.95]);
});

test('too few requests, or a service that fails by itself, get no promise but a reason', () => {
  expect(suggestSlos(runOf(faulted), quiet(19))).toMatchObject({
    slos: [],
    leftOut: [{ endpoint: 'GET /orders/{id}', reason: expect.stringContaining('19 requests') }],
  });
  const failing = suggestSlos(
    runOf(faulted),
    quiet(100, (n) => ({ status: n < 30 ? 500 : 200 })),
  );
  expect(failing.slos.map(({ kind }) => kind)).toEqual(['latency']);
  expect(failing.leftOut[0]?.reason).toContain('mend that');
});

test('failures lower the rung by their upper confidence limit', () => {
  const { slos } = suggestSlos(
    runOf(faulted),
    quiet(1_000, (n) => ({ status: n < 3 ? 503 : 200 })),
  );
  // Wilson, one-sided 95 %: 3 of 1,000 may be as many as 0.75 %.
  expect(slos[1]).toMatchObject({ objectivePercent: 99 });
});

test('the texts for other tools hold each objective with its threshold', () => {
  const { slos } = suggestSlos(
    runOf(faulted),
    quiet(200, () => ({ latencyMs: 100 })),
  );
  const documents = parseAllDocuments(renderOpenSlo(slos, 'shop')).map((document) => document.toJS());
  expect(documents).toHaveLength(2);
  expect(documents[0]).toMatchObject({
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name: 'get-orders-id-latency' },
    spec: {
      service: 'shop',
      budgetingMethod: 'Occurrences',
      timeWindow: [{ duration: '28d', isRolling: true }],
      objectives: [{ target: 0.99 }],
    },
  });
  expect(renderPromql(slos)).toContain(
    'http_request_duration_seconds_bucket{method="GET", route="/orders/{id}", le="0.15"}',
  );
  const cloud = JSON.parse(renderCloudMonitoring(slos));
  expect(cloud[0]).toMatchObject({
    goal: 0.99,
    rollingPeriod: '2419200s',
    serviceLevelIndicator: { requestBased: { distributionCut: { range: { min: 0, max: 0.15 } } } },
  });
  expect(cloud[1]).toMatchObject({ goal: 0.95 });
});

test('without any objective the text says so and why', () => {
  const text = renderSuggestedSlos(suggestSlos(runOf(faulted), []), 'shop');
  expect(text).toContain('Nothing can be suggested');
  expect(text).not.toContain('```');
});

test('names of OpenSLO stay labels of 63 characters, and none is given twice', () => {
  const long = `/${'very/long/'.repeat(12)}path`;
  const slos = ['GET /a/b', 'GET /a-b', `GET ${long}`, `GET ${long}/2`].flatMap((endpoint) =>
    (['latency', 'availability'] as const).map((kind) => ({
      endpoint,
      kind,
      objectivePercent: 99,
      thresholdMs: kind === 'latency' ? 100 : null,
      reason: 'measured',
    })),
  );
  const documents = parseAllDocuments(renderOpenSlo(slos, 'shop')).map((document) => document.toJS());
  const names = documents.map(({ metadata }) => metadata.name);
  expect(new Set(names).size).toBe(slos.length);
  const all = [...names, ...documents.map(({ spec }) => spec.indicator.metadata.name)];
  for (const name of all) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/);
});
