import type {
  DrillConfig,
  DrillPhase,
  DrillResult,
  PhaseFigures,
  TimelineWindow,
} from '../../../types-drill.ts';
import { DRILLS } from '../drills/index.ts';
import { cutPhases, type Span } from '../phases.ts';
import { failureTypeOf } from './failure-type.ts';
import { failedShare, medianOf } from './figures.ts';
import { type HealthSeen, seeHealth } from './seen-health.ts';
import { type DependencySeen, seeDependency } from './seen-traffic.ts';
import { seeVitals, type VitalsSeen } from './seen-vitals.ts';

const ALLOWED_DELAY_MS = 1_000;

/** What was measured in one drill, in the terms in which it is judged. */
export interface Seen {
  readonly result: DrillResult;
  readonly config: DrillConfig;
  readonly failureType: string;
  /** The failure was over as soon as it had begun. */
  readonly isMomentary: boolean;
  readonly spans: Readonly<Record<DrillPhase, Span>>;
  readonly before: PhaseFigures;
  readonly during: PhaseFigures;
  readonly after: PhaseFigures;
  /** Share of requests that failed during the failure beyond the share that failed before, 0 to 1. */
  readonly addedFailed: number;
  /** p95 up to which the service is as quick as before, ms; `null`: the baseline was not finished. */
  readonly p95LimitMs: number | null;
  /** The same while the failure is on: a delay that was put in may be felt once, up to 1 s. */
  readonly p95ToleratedMs: number | null;
  /** Longest that the users wait for an answer, ms. */
  readonly givesUpAfterMs: number;
  /** Delay that was put into each answer of a dependency, ms; 0: none. */
  readonly delayMs: number;
  readonly recoveredAfterMs: number | null;
  /** Target by type of failure, ms; `null`: none is set. */
  readonly rtoMs: number | null;
  readonly health: HealthSeen | null;
  readonly broken: readonly DependencySeen[];
  readonly others: readonly DependencySeen[];
  readonly vitals: Readonly<Record<DrillPhase, VitalsSeen>>;
  readonly queue: QueueSeen;
  /** Median p95 of the windows in the second half of the failure, ms; `null`: no request was due there. */
  readonly lateP95Ms: number | null;
}

/** Requests that waited for their answer at one time. */
export interface QueueSeen {
  readonly most: Readonly<Record<DrillPhase, number>>;
  /** Most in the last quarter of the failure, and in the second one: it grows where they differ. */
  readonly late: number;
  readonly middle: number;
}

/** Takes from a drill what it is judged by. */
export function seeDrill(result: DrillResult, config: DrillConfig): Seen {
  const { plan, phases, failureAtMs, failureEndMs, endMs } = result;
  const isMomentary = failureAtMs !== null && failureEndMs === failureAtMs;
  const recoveredAfterMs = result.recovery?.recoveredAfterMs ?? null;
  const spans = cutPhases({ failureAtMs, failureEndMs, recoveredAfterMs, endMs, isMomentary });
  const windowsIn = ({ startMs, endMs: until }: Span) =>
    result.timeline.filter((window) => window.startMs >= startMs && window.startMs < until);
  const countRequests = (span: Span) => windowsIn(span).reduce((sum, { requests }) => sum + requests, 0);
  const dependencies = result.dependencies.map((record) =>
    seeDependency(record, spans, failureEndMs, countRequests),
  );
  const failureType = failureTypeOf(plan.kind);
  const delayMs = delayOf(plan);
  const p95LimitMs = result.recovery?.p95LimitMs ?? null;
  const part = (from: number, to: number) => windowsIn(partOf(spans.failure, from, to));
  return {
    result,
    config,
    failureType,
    isMomentary,
    spans,
    before: phases.baseline,
    during: phases.failure,
    after: phases.recovery,
    addedFailed: Math.max(0, failedShare(phases.failure) - failedShare(phases.baseline)),
    p95LimitMs,
    p95ToleratedMs: p95LimitMs === null ? null : p95LimitMs + Math.min(delayMs, ALLOWED_DELAY_MS),
    givesUpAfterMs: Math.max(0, ...config.load.map(({ timeoutMs }) => timeoutMs)),
    delayMs,
    recoveredAfterMs,
    rtoMs: config.rtoMs[failureType] ?? null,
    health: seeHealth(result.health, spans, failureEndMs),
    broken: dependencies.filter(({ broken }) => broken),
    others: dependencies.filter(({ broken }) => !broken),
    vitals: seeVitals(result.vitals, spans),
    queue: {
      most: {
        baseline: phases.baseline.inFlightMax,
        failure: phases.failure.inFlightMax,
        recovery: phases.recovery.inFlightMax,
      },
      middle: mostWaiting(part(0.25, 0.5)),
      late: mostWaiting(part(0.75, 1)),
    },
    lateP95Ms: medianOf(part(0.5, 1).flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]))),
  };
}

function partOf({ startMs, endMs }: Span, from: number, to: number): Span {
  const lengthMs = endMs - startMs;
  return { startMs: startMs + from * lengthMs, endMs: startMs + to * lengthMs };
}

function mostWaiting(windows: readonly TimelineWindow[]): number {
  return Math.max(0, ...windows.map(({ inFlight }) => inFlight));
}

/** Delay in ms of a kind that delays; 0 of one that does not. */
function delayOf({ kind, params }: DrillResult['plan']): number {
  const read = DRILLS.find((drill) => drill.kind === kind)?.params.safeParse(params);
  const delay = read?.success === true ? read.data.delay : 0;
  return typeof delay === 'number' ? delay : 0;
}
