import type { Item } from '../../src/types.ts';
import type {
  DependencyTraffic,
  ItemResult,
  LatencySummary,
  RunResult,
  VerdictValue,
} from '../../src/types-run.ts';

export interface SampleItem {
  readonly endpoint: string;
  readonly title?: string;
  readonly fault?: string;
  readonly dependency?: Partial<DependencyTraffic>;
  readonly outcomes?: Readonly<Record<string, number>>;
  readonly p50Ms?: number;
  readonly baselineP50Ms?: number;
  readonly residualMs?: number | null;
  readonly verdict?: VerdictValue;
  readonly failed?: number;
  readonly failedByInjection?: number;
  readonly recoveryMs?: number;
  readonly htmlErrors?: number;
  /** Why it failed or could not be judged. */
  readonly message?: string;
}

export const TIMEOUT_MS = 10_000;

/** A finished run made of what its items measured. */
export function sampleRun(items: readonly SampleItem[], id = 'run_sample'): RunResult {
  const results = items.map(toResult);
  return {
    run: {
      id,
      state: 'finished',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:01:00.000Z',
      seed: 7,
      scenarios: [],
      items: results.map((result, index) => ({
        id: result.itemId,
        scenarioTitle: result.scenarioTitle,
        endpoint: result.endpoint,
        item: toItem(items[index]!),
      })),
      notices: [],
    },
    results,
  };
}

function toItem({ endpoint, fault = 'latency' }: SampleItem): Item {
  const [method = 'GET', path = '/'] = endpoint.split(' ');
  return {
    call: {
      method: method as 'GET',
      url: `http://127.0.0.1:7100${path}`,
      headers: {},
      body: null,
      timeoutMs: TIMEOUT_MS,
      operationId: null,
    },
    context: {
      upstreams: ['http://127.0.0.1:7200'],
      faults: [
        {
          type: fault,
          side: 'server',
          direction: 'ingress',
          periods: [],
          probability: 1,
          only: null,
          params: {},
        },
      ],
      strategy: { mode: 'single' },
      slos: [],
      proxy: { disableHttpProxies: false, mappings: [] },
      preflight: null,
      runsOn: null,
    },
    expect: { statuses: [], responseTimeUnderMs: null, allSloAreValid: null, bodyMatchesSchema: false },
  };
}

function toResult(item: SampleItem, index: number): ItemResult {
  const outcomes = item.outcomes ?? { '200': 20 };
  const requests = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const verdict = item.verdict ?? 'pass';
  return {
    itemId: `itm_${index + 1}`,
    scenarioTitle: item.title ?? `scenario ${index + 1}`,
    endpoint: item.endpoint,
    operationId: null,
    verdict: {
      value: verdict,
      reasons:
        verdict === 'pass'
          ? []
          : [{ message: item.message ?? 'it did not answer', cause: 'target', remedy: null }],
    },
    baseline: latency(item.baselineP50Ms ?? 10),
    observed: latency(item.p50Ms ?? 20),
    injected: latency(0),
    residualP50Ms: item.residualMs ?? null,
    residualP95Ms: item.residualMs ?? null,
    amplification: null,
    paidP50Ms: null,
    delayedCallsPerRequest: null,
    injectedOf: 'requests',
    p50IntervalMs: null,
    p95IntervalMs: null,
    requests,
    failed: item.failed ?? 0,
    failedByInjection: item.failedByInjection ?? 0,
    outcomes,
    recoveryMs: item.recoveryMs ?? null,
    htmlErrors: item.htmlErrors ?? 0,
    expectations: [],
    slos:
      verdict === 'fail'
        ? [
            {
              title: 'p95 latency',
              objective: 'p95 < 300 ms',
              observed: '604.0 ms',
              margin: '+304.0 ms',
              verdict: 'fail',
              judged: true,
              pattern: 'all requests, from the first to the last',
            },
          ]
        : [],
    fidelity: [
      {
        faultIndex: 0,
        type: item.fault ?? 'latency',
        requested: 'x',
        injected: 'x',
        actedOn: requests,
        exchanges: requests,
      },
    ],
    dependencies:
      item.dependency === undefined
        ? []
        : [
            {
              proxy: 'payments',
              exchanges: requests,
              hits: requests,
              perRequest: 1,
              joinedBy: 'traceparent',
              ...item.dependency,
            },
          ],
    maxLatenessMs: null,
    durationMs: null,
    notices: [],
  };
}

function latency(p50Ms: number): LatencySummary {
  return {
    count: 20,
    minMs: p50Ms / 2,
    meanMs: p50Ms,
    p25Ms: p50Ms,
    p50Ms,
    p75Ms: p50Ms,
    p95Ms: p50Ms,
    p99Ms: null,
    maxMs: p50Ms,
  };
}
