/** The nouns of a run: what the proxy is told, what was done to each request, and what was measured and judged. */
import type { Fault, Item, Notice, Scenario } from './types.ts';

// ---- What a proxy is told ---------------------------------------------------------------------------------

/** Half-open span of time in ms since the item began; `endMs` may be `Infinity`. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}
export interface PlannedFault {
  /** Place in the item's list; names the fault in the ledger and keys its draws. */
  readonly index: number;
  readonly fault: Fault;
  /** When it is active, in ms since `epochMs` of the program. */
  readonly windows: readonly Window[];
}
/** Faults of one proxy at one time. Draws are keyed by `seed`, `itemKey`, fault index and exchange number. */
export interface FaultProgram {
  readonly seed: number;
  readonly itemKey: string;
  /** `Clock.now()` at which the item began. */
  readonly epochMs: number;
  readonly faults: readonly PlannedFault[];
}

// ---- What was done: the ledger ----------------------------------------------------------------------------

export type Flow = 'request' | 'response' | 'connection';
/** What one fault did to one exchange on one flow. */
export interface Hit {
  readonly faultIndex: number;
  readonly type: string;
  readonly flow: Flow;
  /** `Clock.now()` of its first act. */
  readonly atMs: number;
  /**
   * Longest time by which it made a chunk of this exchange late: it held it, and before that may have kept it from
   * being read, as it held so many others. 0 where it delays nothing, `null`: never released.
   */
  readonly delayMs: number | null;
  readonly bytes: number;
  /** HTTP status that it answered with. */
  readonly status: number | null;
}

export type ExchangeOutcome =
  | 'complete'
  | 'injected'
  | 'cut'
  | 'upstream_refused'
  | 'upstream_reset'
  | 'upstream_timeout'
  | 'upstream_error'
  | 'client_gone'
  | 'unfinished';

/** One request and its response at a proxy (HTTP), or one stretch of a connection (TCP); on `Clock.now()`. */
export interface Exchange {
  readonly proxy: string;
  /** Counts from 0 in the order of arrival, or is what the runner's header says. */
  readonly number: number;
  readonly connection: number;
  readonly traceparent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly status: number | null;
  readonly outcome: ExchangeOutcome;
  /** Delay that faults added to the end of the answer; `null` when it never ended. */
  readonly injectedMs: number | null;
  readonly hits: readonly Hit[];
  /** Indexes of the active faults that are limited to other requests (`only`); absent: none. */
  readonly outsideOf?: readonly number[];
  /**
   * It tells what came after the record of the same number on the same connection: more of the answer, or a fault that
   * met the connection while it was idle. No request of its own is behind it. Absent: it is a whole exchange.
   */
  readonly continues?: true;
}

// ---- What was measured ------------------------------------------------------------------------------------

export type Outcome = 'answered' | 'refused' | 'reset' | 'timeout' | 'dns' | 'tls' | 'protocol' | 'aborted';
export type Phase = 'setup' | 'preflight' | 'baseline' | 'faulted' | 'teardown';

/** One request sent and what came back. Times are ms; `latencyMs` counts from when the request was due. */
export interface Sample {
  readonly itemId: string;
  readonly phase: Phase;
  readonly sequence: number;
  /** Which call of `repeat`, from 0; 0 elsewhere. */
  readonly step: number;
  /** ms since the item's phase began. */
  readonly dueMs: number;
  readonly sentMs: number;
  readonly connectMs: number | null;
  readonly firstByteMs: number | null;
  /** From due to the last byte; for a request without an answer, the time until it was given up. */
  readonly latencyMs: number;
  readonly status: number | null;
  readonly outcome: Outcome;
  readonly bytes: number;
  readonly contentType: string | null;
  /** Start of the body of a failed request, shortened and without secrets. */
  readonly bodyStart: string | null;
  /** Whether the body fits its schema, `null`: not checked, and why; absent: nothing was to be checked. */
  readonly bodyCheck?: { readonly fits: boolean | null; readonly why: string };
  /** Edge proxy's record of this request; `null` where there was no edge proxy. */
  readonly exchange: Exchange | null;
  /** Records of dependency proxies that belong to this request for certain. */
  readonly dependencyExchanges: readonly Exchange[];
}
export type RunState = 'running' | 'finished' | 'cancelled' | 'interrupted' | 'failed';
export interface Run {
  readonly id: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly seed: number;
  readonly scenarios: readonly Scenario[];
  readonly items: readonly PlannedItem[];
  readonly notices: readonly Notice[];
}
export interface PlannedItem {
  readonly id: string;
  readonly scenarioTitle: string;
  /** `GET /users/{user_id}`. */
  readonly endpoint: string;
  readonly item: Item;
}
/** Percentiles by Hyndman–Fan type 6; `null`: not supported by so few samples. Unanswered is `Infinity`. */
export interface LatencySummary {
  readonly count: number;
  readonly minMs: number | null;
  readonly meanMs: number | null;
  readonly p25Ms: number | null;
  readonly p50Ms: number | null;
  readonly p75Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export type VerdictValue = 'pass' | 'fail' | 'inconclusive';
/** Whose failure it is: what was injected explains it, or the target's own behaviour does. */
export type Cause = 'injected' | 'target';

export interface VerdictReason {
  readonly message: string;
  readonly cause: Cause | null;
  /** For `inconclusive`: what would settle it. */
  readonly remedy: string | null;
}
export interface Verdict {
  readonly value: VerdictValue;
  readonly reasons: readonly VerdictReason[];
}

/** What `expect` asks of each call (`status 200`), and how many met it; under load it is reported, not judged. */
export interface ExpectationResult {
  readonly expected: string;
  readonly met: number;
  readonly calls: number;
  readonly judged: boolean;
}
export interface SloResult {
  readonly title: string;
  readonly objective: string;
  readonly observed: string;
  readonly margin: string;
  readonly verdict: VerdictValue;
  readonly judged: boolean;
  /** Which requests missed it; empty when it holds. */
  readonly pattern: string;
}

/** Requested against injected: the fidelity of one fault in one item. */
export interface FaultFidelity {
  readonly faultIndex: number;
  readonly type: string;
  readonly requested: string;
  readonly injected: string;
  /** Exchanges on which it acted, of those that passed and that it is not limited away from. */
  readonly actedOn: number;
  readonly exchanges: number;
}
export interface DependencyTraffic {
  readonly proxy: string;
  readonly exchanges: number;
  readonly hits: number;
  /** Exchanges at the dependency for each request of the item. */
  readonly perRequest: number | null;
  readonly joinedBy: 'traceparent' | 'single-in-flight' | 'item';
}
export interface ItemResult {
  readonly itemId: string;
  readonly scenarioTitle: string;
  readonly endpoint: string;
  readonly operationId: string | null;
  readonly verdict: Verdict;
  readonly baseline: LatencySummary;
  readonly observed: LatencySummary;
  readonly injected: LatencySummary;
  /** Quantile of (observed − injected) over hit requests, less the baseline's; at p50 and p95. */
  readonly residualP50Ms: number | null;
  readonly residualP95Ms: number | null;
  readonly amplification: number | null;
  /** Median of what a request can have waited for when each of several delayed calls counts. */
  readonly paidP50Ms: number | null;
  readonly delayedCallsPerRequest: number | null;
  /** `item`: delayed calls could not be put down to requests. */
  readonly injectedOf: 'requests' | 'item';
  /** 95 % intervals of the observed percentiles, from order statistics; `null`: too few samples. */
  readonly p50IntervalMs: readonly [number, number] | null;
  readonly p95IntervalMs: readonly [number, number] | null;
  readonly requests: number;
  readonly failed: number;
  /** Of the failed ones, those that the injected faults explain. */
  readonly failedByInjection: number;
  /** `{ "200": 57, "timeout": 3 }`. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly expectations: readonly ExpectationResult[];
  readonly slos: readonly SloResult[];
  readonly fidelity: readonly FaultFidelity[];
  readonly dependencies: readonly DependencyTraffic[];
  readonly maxLatenessMs: number | null;
  /** From its first step to its verdict; `null`: it was not run, or not to its end. */
  readonly durationMs: number | null;
  readonly notices: readonly Notice[];
  /** From the end of the last fault to three good answers; 5xx that are pages. Both absent in runs of old versions. */
  readonly recoveryMs?: number | null;
  readonly htmlErrors?: number;
}
export interface RunResult {
  readonly run: Run;
  readonly results: readonly ItemResult[];
}
/** One item of two runs side by side. */
export interface ItemChange {
  readonly endpoint: string;
  readonly scenarioTitle: string;
  readonly change: 'fixed' | 'improved' | 'unchanged' | 'regressed' | 'only_before' | 'only_after';
  readonly before: ItemResult | null;
  readonly after: ItemResult | null;
  readonly why: string;
}
