import type { ItemEvidence } from '../../src/scenario/verdict/judge.ts';
import type { Expectation, Fault, Item, Slo, Strategy } from '../../src/types.ts';
import type { Exchange, Hit, PlannedItem, Sample } from '../../src/types-run.ts';

/** A request that was answered 200 after 10 ms, unless told otherwise. */
export function sample(over: Partial<Sample> = {}): Sample {
  return {
    itemId: 'item-1',
    phase: 'faulted',
    sequence: 0,
    step: 0,
    dueMs: 0,
    sentMs: over.dueMs ?? 0,
    connectMs: 0.3,
    firstByteMs: 5,
    latencyMs: 10,
    status: (over.outcome ?? 'answered') === 'answered' ? 200 : null,
    outcome: 'answered',
    bytes: 27,
    contentType: 'application/json',
    bodyStart: null,
    exchange: null,
    dependencyExchanges: [],
    ...over,
  };
}

/** `count` requests, the n-th made by `make(n)`. */
export function samples(count: number, make: (index: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: count }, (_, index) =>
    sample({ sequence: index, dueMs: index * 100, sentMs: index * 100, ...make(index) }),
  );
}

export function exchange(over: Partial<Exchange> = {}): Exchange {
  return {
    proxy: 'edge',
    number: 0,
    connection: 0,
    traceparent: null,
    method: 'GET',
    path: '/',
    startedAtMs: 0,
    endedAtMs: 10,
    requestBytes: 100,
    responseBytes: 27,
    status: 200,
    outcome: 'complete',
    injectedMs: 0,
    hits: [],
    ...over,
  };
}

export function hit(over: Partial<Hit> = {}): Hit {
  return {
    faultIndex: 0,
    type: 'latency',
    flow: 'response',
    atMs: 0,
    delayMs: 0,
    bytes: 0,
    status: null,
    ...over,
  };
}

/** An edge exchange that a latency fault held for `delayMs`. */
export function delayed(delayMs: number): Exchange {
  return exchange({ injectedMs: delayMs, hits: [hit({ delayMs })] });
}

export const LATENCY_FAULT: Fault = {
  type: 'latency',
  side: 'server',
  direction: 'ingress',
  periods: [],
  probability: 1,
  only: null,
  params: { distribution: 'normal', mean: 100, stddev: 0 },
};

export const P95_UNDER_300: Slo = {
  kind: 'latency',
  title: 'P95 < 300ms',
  objectivePercent: 95,
  thresholdMs: 300,
};
export const ERRORS_UNDER_1: Slo = {
  kind: 'error',
  title: 'P99 < 1% errors',
  objectivePercent: 99,
  thresholdPercent: 1,
};
export const LOAD: Extract<Strategy, { mode: 'load' }> = {
  mode: 'load',
  durationMs: 2_000,
  clients: 2,
  requestsPerSecond: 10,
  connection: 'per-request',
  baseline: true,
};

export interface ItemParts {
  readonly url?: string;
  readonly method?: Item['call']['method'];
  readonly timeoutMs?: number;
  readonly body?: string;
  readonly faults?: readonly Fault[];
  readonly upstreams?: readonly string[];
  readonly strategy?: Strategy;
  readonly slos?: readonly Slo[];
  readonly expect?: Partial<Expectation>;
  readonly context?: Partial<Item['context']>;
}

export function makeItem(parts: ItemParts = {}): Item {
  const url = parts.url ?? 'http://127.0.0.1:9/orders';
  return {
    call: {
      method: parts.method ?? 'GET',
      url,
      headers: {},
      body: parts.body ?? null,
      timeoutMs: parts.timeoutMs ?? 1_000,
      operationId: null,
    },
    context: {
      upstreams: parts.upstreams ?? (URL.canParse(url) ? [new URL(url).origin] : []),
      faults: parts.faults ?? [],
      strategy: parts.strategy ?? { mode: 'single' },
      slos: parts.slos ?? [],
      proxy: { disableHttpProxies: false, mappings: [] },
      preflight: null,
      runsOn: null,
      ...parts.context,
    },
    expect: {
      statuses: [],
      responseTimeUnderMs: null,
      allSloAreValid: null,
      bodyMatchesSchema: false,
      ...parts.expect,
    },
  };
}

/** Evidence for judging: the item's samples, and every exchange that they carry. */
export function evidence(
  item: Item,
  measured: readonly Sample[],
  over: Partial<ItemEvidence> = {},
): ItemEvidence {
  const planned: PlannedItem = { id: 'item-1', scenarioTitle: 'Slow', endpoint: 'GET /orders', item };
  const faulted = measured.filter((each) => each.phase === 'faulted');
  return {
    planned,
    samples: measured,
    plannedRequests: faulted.length,
    slos: item.context.slos,
    faults: item.context.faults.map((fault, index) => ({ index, type: fault.type, requested: fault.type })),
    windows: item.context.faults.length > 0 ? [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }] : [],
    actedExchanges: faulted.flatMap((each) => [each.exchange ?? [], each.dependencyExchanges].flat()),
    unjoined: [],
    dependencies: [],
    notices: [],
    obstacle: null,
    idleRemedy: null,
    durationMs: null,
    ...over,
  };
}
