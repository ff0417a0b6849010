/** The nouns of a failure drill: what is planned, what was seen in each phase, and what became of it. */
import type { Call, JsonValue, SetupCall } from './types.ts';
import type { LatencySummary } from './types-run.ts';
import type { DependencyRecord, HealthPoint, VitalPoint } from './types-watch.ts';

// ---- What is planned --------------------------------------------------------------------------------------

/** Steady load runs through all three; the failure is active in the second. */
export type DrillPhase = 'baseline' | 'failure' | 'recovery';

/** One drill, as it will be run. */
export interface DrillPlan {
  /** Names it within its run: its kind, or `kind#2` for a second one. */
  readonly id: string;
  /** Name of its kind, such as `database_down`. */
  readonly kind: string;
  /** Dependency of breakwater.yaml that fails; `null` for kinds that break none. */
  readonly dependency: string | null;
  readonly users: number;
  /** Requests that each user sends per second, at times fixed beforehand. */
  readonly ratePerUser: number;
  readonly baselineMs: number;
  readonly failureMs: number;
  /** Recovery ends when it is found, at the latest after this. */
  readonly recoveryLimitMs: number;
  /** What its kind asks for; has passed the kind's schema. */
  readonly params: Readonly<Record<string, JsonValue>>;
}

/** What counts as recovered, compared with the baseline of the same drill. */
export interface RecoveryRule {
  /** Length of a window in ms, at most 250. */
  readonly windowMs: number;
  /** So many windows one after another must hold. */
  readonly windows: number;
  /** Error rate of a window may be this much above the baseline's; a share, 0 to 1. */
  readonly errorShare: number;
  /** p95 of a window may be this many times the baseline's, */
  readonly p95Factor: number;
  /** or this many ms above it, whichever is more. */
  readonly p95SlackMs: number;
}

/** A write that is read back after recovery; both URLs are relative to the service or absolute. */
export interface DurabilityCheck {
  /** Type of data, such as `user_data`: it names the RPO that applies. */
  readonly type: string;
  /** Its captures fill the segments of `read`. */
  readonly write: SetupCall;
  readonly read: Call;
}

/** `drills:` of breakwater.yaml, read. */
export interface DrillConfig {
  /** Path or URL of the health endpoint; `null`: it is not watched. */
  readonly health: string | null;
  /** What the users call, by turns; never empty. */
  readonly load: readonly Call[];
  /** Targets in ms by type of failure (`database`, `cache`, `application_crash`, `network`, …). */
  readonly rtoMs: Readonly<Record<string, number>>;
  /** Targets in ms by type of data. */
  readonly rpoMs: Readonly<Record<string, number>>;
  readonly durability: readonly DurabilityCheck[];
  readonly recovery: RecoveryRule;
  /** Languages of the project, as ids of review rules begin: `js`, `python`, `go`, `java`; empty: not known. */
  readonly languages: readonly string[];
  readonly run: readonly DrillPlan[];
}

// ---- What was seen ----------------------------------------------------------------------------------------

/** Start of the body of failed answers, without secrets, and how often it came. */
export interface ErrorMessage {
  readonly status: number | null;
  readonly contentType: string | null;
  readonly text: string;
  readonly count: number;
}

/** What the users got in one phase; a request belongs to the phase in which it was due. */
export interface PhaseFigures {
  readonly durationMs: number;
  readonly requests: number;
  /** No answer, or 5xx. */
  readonly failed: number;
  readonly timeouts: number;
  /** Count by status (`200`) or, without an answer, by outcome (`refused`, `timeout`). */
  readonly answers: Readonly<Record<string, number>>;
  /** Response times; a request without an answer took forever. */
  readonly latency: LatencySummary;
  /** How long the successful ones took. */
  readonly successLatency: LatencySummary;
  /** How long it took until the failed ones failed, given up ones included with their time-out. */
  readonly failureLatency: LatencySummary;
  /** Requests that came to an end within the phase, per second; failed ones included. */
  readonly completedPerSecond: number;
  /** Successes that ended within the phase, per second. */
  readonly goodPerSecond: number;
  /** Most requests that waited for their answer at one time. */
  readonly inFlightMax: number;
  /** The most frequent five. */
  readonly errors: readonly ErrorMessage[];
}

/** What happened in one short window of the drill; times in ms since the drill began. */
export interface TimelineWindow {
  readonly startMs: number;
  readonly requests: number;
  readonly failed: number;
  /** `Infinity` where none was answered, `null` where none was due. */
  readonly p95Ms: number | null;
  readonly inFlight: number;
}

/** Whether and when the service was well again. */
export interface Recovery {
  /** The failure ended here, in ms since the drill began. */
  readonly fromMs: number;
  /** ms from `fromMs` to the end of the first success after which the windows held; `null`: not within the limit. */
  readonly recoveredAfterMs: number | null;
  /** p95 in ms up to which a window holds. */
  readonly p95LimitMs: number;
  /** Share of failed requests up to which a window holds. */
  readonly errorShareLimit: number;
  /** In one sentence, for people: what was found, or what did not hold. */
  readonly reason: string;
}

/** What became of the acknowledged writes of one type of data. */
export interface DurabilityRecord {
  readonly type: string;
  readonly acknowledged: number;
  /** Writes that were refused or got no answer: nobody was promised anything. */
  readonly refused: number;
  /** Acknowledged ones that were asked for after recovery and are gone. */
  readonly lost: number;
  /** Acknowledged ones whose fate could not be told. */
  readonly unknown: number;
  /**
   * The recovery point: how far before the failure the data is gone, in ms from the oldest lost acknowledged write to
   * the beginning of the failure, or to the newest lost one where that came later; at least the time between two
   * writes. 0: none was lost; `null`: nothing could be told.
   */
  readonly rpoMs: number | null;
  readonly reason: string;
}

/** An end of the service's process that the drill had not asked for. */
export interface UnexpectedEnd {
  readonly atMs: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** The kernel ended it for want of memory, or its last output says that it got none. */
  readonly outOfMemory: boolean;
}

export type DrillState = 'finished' | 'cancelled' | 'failed';

/** One drill, run. Times are ms since it began (the first request of the baseline was due). */
export interface DrillResult {
  readonly plan: DrillPlan;
  readonly state: DrillState;
  /** Why it failed or what is missing; `null`: nothing. */
  readonly problem: string | null;
  readonly startedAt: string;
  /** What was done, in one sentence: `connections to db (psql://127.0.0.1:5432) refused and open ones reset`. */
  readonly broke: string;
  /** Whether the failure was seen to act; a drill whose failure did not act is inconclusive. */
  readonly acted: { readonly value: boolean; readonly evidence: string };
  /** `null` where the drill ended before. */
  readonly failureAtMs: number | null;
  readonly failureEndMs: number | null;
  readonly endMs: number;
  /**
   * A phase that was not reached has no requests. `recovery` begins with the success that ended the recovery; where
   * there was none, when the failure ended.
   */
  readonly phases: Readonly<Record<DrillPhase, PhaseFigures>>;
  /** `null` where the drill ended before. */
  readonly recovery: Recovery | null;
  readonly timeline: readonly TimelineWindow[];
  readonly health: readonly HealthPoint[];
  readonly vitals: readonly VitalPoint[];
  readonly dependencies: readonly DependencyRecord[];
  readonly durability: readonly DurabilityRecord[];
  readonly unexpectedEnds: readonly UnexpectedEnd[];
}

/** Drills that were run together. */
export interface DrillRun {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: DrillState | 'running' | 'interrupted';
  readonly seed: number;
  readonly config: DrillConfig;
  readonly results: readonly DrillResult[];
}
