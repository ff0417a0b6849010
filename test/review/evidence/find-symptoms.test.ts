import { expect, test } from 'vitest';
import { findSymptoms } from '../../../src/review/evidence/find-symptoms.ts';
import { knock } from '../../../src/scenario/run/knock.ts';
import { type SampleItem, sampleRun } from '../sample-run.ts';

const kindsOf = (...items: readonly SampleItem[]) => findSymptoms(sampleRun(items)).map((one) => one.kind);
const read = 'GET /orders/{id}';

test('timeouts while a dependency is blackholed are a hang', () => {
  const item = {
    endpoint: read,
    fault: 'blackhole',
    dependency: {},
    outcomes: { timeout: 3 },
    p50Ms: Infinity,
  };
  expect(kindsOf({ ...item, verdict: 'fail' })).toEqual(['hang']);
});

test('an answer after the whole client limit is a hang', () => {
  expect(kindsOf({ endpoint: read, dependency: {}, p50Ms: 9_900 })).toEqual(['hang']);
});

test('timeouts while a dependency answers errors at once are a hang on error', () => {
  const item = {
    endpoint: read,
    fault: 'httperror',
    dependency: {},
    outcomes: { timeout: 3 },
    p50Ms: Infinity,
  };
  expect(kindsOf(item)).toEqual(['hang_on_error']);
});

test('a quick 503 while a dependency is blackholed is no symptom', () => {
  expect(kindsOf({ endpoint: read, fault: 'blackhole', dependency: {}, outcomes: { '503': 3 } })).toEqual([]);
});

test('timeouts of a fault at the edge are no hang of the service', () => {
  const item = {
    endpoint: read,
    fault: 'blackhole',
    outcomes: { timeout: 3 },
    failed: 3,
    failedByInjection: 3,
  };
  expect(kindsOf({ ...item, residualMs: 0, verdict: 'fail' })).toEqual(['edge_only']);
});

test('an edge fault with a residual near zero accuses nobody', () => {
  expect(kindsOf({ endpoint: read, residualMs: 3 })).toEqual(['edge_only']);
});

test('an edge fault with failures of the target is not cleared', () => {
  expect(kindsOf({ endpoint: read, residualMs: 3, failed: 2, failedByInjection: 0 })).toEqual([]);
});

test('a residual far above the baseline is a slowdown of its own', () => {
  expect(kindsOf({ endpoint: read, residualMs: 400 })).toEqual(['slow_beyond_fault']);
});

test('many calls at the dependency for one request are a retry multiplication', () => {
  const item = { endpoint: read, dependency: { perRequest: 97, exchanges: 97 } };
  expect(kindsOf(item)).toEqual(['retry_multiplication']);
});

test('calls are compared with an item of the same operation without hits', () => {
  const calm = { endpoint: read, dependency: { perRequest: 4, hits: 0 }, residualMs: 0 };
  const same = { endpoint: read, dependency: { perRequest: 3, hits: 5 } };
  expect(kindsOf(calm, same)).toEqual(['edge_only']);
  const calmOnce = { endpoint: read, dependency: { perRequest: 1, hits: 0 }, residualMs: 0 };
  expect(kindsOf(calmOnce, same)).toEqual(['edge_only', 'retry_multiplication']);
});

test('500 under a failing dependency is an unclear error', () => {
  expect(kindsOf({ endpoint: read, dependency: {}, outcomes: { '500': 2 } })).toEqual(['unclear_error']);
});

test('an inconclusive item shows nothing', () => {
  const item = { endpoint: read, dependency: {}, outcomes: { timeout: 3 }, verdict: 'inconclusive' as const };
  expect(kindsOf(item)).toEqual([]);
});

test('errors that are pages are unclear, whatever their status', () => {
  const item = { endpoint: read, fault: 'refuse', dependency: {}, outcomes: { '503': 3 }, htmlErrors: 2 };
  const [seen] = findSymptoms(sampleRun([item]));
  expect(seen).toMatchObject({ kind: 'unclear_error', figures: 'of 3 answers 2 were pages' });
  expect(seen?.seen).toMatch(/came out as an HTML page\.$/);
  expect(kindsOf({ ...item, htmlErrors: 0 })).toEqual([]);
});

test('a target that stays bad long after the fault recovers slowly, whether the fault was at the edge or behind', () => {
  expect(kindsOf({ endpoint: read, residualMs: 3, recoveryMs: 4_000 })).toEqual(['slow_recovery']);
  expect(kindsOf({ endpoint: read, dependency: {}, recoveryMs: 4_000 })).toEqual(['slow_recovery']);
  expect(kindsOf({ endpoint: read, residualMs: 3, recoveryMs: 400 })).toEqual(['edge_only']);
});

const broken: SampleItem = {
  endpoint: read,
  fault: 'refuse',
  dependency: { hits: 0, exchanges: 0 },
  outcomes: { reset: 1 },
  failed: 1,
  verdict: 'fail',
};
const unrun = (message: string): SampleItem => ({
  endpoint: 'GET /quote',
  outcomes: {},
  verdict: 'inconclusive',
  message,
});

test('connections that the service breaks off are a breakdown, surely so where nobody listens afterwards', () => {
  const [alone] = findSymptoms(sampleRun([broken]));
  expect(alone).toMatchObject({
    kind: 'breakdown',
    strength: 0.7,
    figures: '1 of 1 request: 1 broken off',
  });
  const [gone] = findSymptoms(
    sampleRun([broken, unrun('gives connection refused after 2.2 ms without any fault')]),
  );
  expect(gone).toMatchObject({
    strength: 1,
    seen: expect.stringMatching(/, and nothing listened afterwards\.$/),
  });
  const [well] = findSymptoms(sampleRun([broken, unrun('answers 500 without any fault')]));
  expect(well?.strength).toBe(0.7);
});

test('what a run says of a target at which nobody listens is understood', async () => {
  const [planned] = sampleRun([broken]).run.items;
  // Port 1 (tcpmux) is served nowhere.
  const call = { ...planned!.item.call, url: 'http://127.0.0.1:1/' };
  const reason = await knock({ ...planned!.item, call });
  const [gone] = findSymptoms(sampleRun([broken, unrun(reason?.message ?? '')]));
  expect(gone?.strength).toBe(1);
});

test('connections that an injected fault broke are no breakdown of the service', () => {
  expect(kindsOf({ ...broken, fault: 'reset', failedByInjection: 1 })).toEqual([]);
});
