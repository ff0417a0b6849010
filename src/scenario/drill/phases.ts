import type { DrillPhase, ErrorMessage, PhaseFigures, TimelineWindow } from '../../types-drill.ts';
import type { Sample } from '../../types-run.ts';
import { isFailed, isMeasured, responseTimeMs } from '../verdict/failure.ts';
import { percentile, sortValues, summarizeLatency } from '../verdict/percentile.ts';

const MAX_ERRORS = 5;

/** A span of the drill in ms since it began; `endMs` is not part of it. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Cuts a drill into its phases. Recovery begins with the first success after which the windows held, so that its
 * figures show what came back; where the service did not recover, it begins when the failure ended. A failure that
 * is over as soon as it has begun, such as a crash, lasts for the users until recovery begins.
 */
export function cutPhases(times: {
  readonly failureAtMs: number | null;
  readonly failureEndMs: number | null;
  readonly recoveredAfterMs: number | null;
  readonly endMs: number;
  readonly isMomentary: boolean;
}): Readonly<Record<DrillPhase, Span>> {
  const failureAtMs = times.failureAtMs ?? times.endMs;
  const failureEndMs = times.failureEndMs ?? times.endMs;
  const well = Math.min(times.endMs, failureEndMs + (times.recoveredAfterMs ?? 0));
  const end = times.recoveredAfterMs === null ? times.endMs : well;
  return {
    baseline: { startMs: 0, endMs: failureAtMs },
    failure: { startMs: failureAtMs, endMs: times.isMomentary ? end : failureEndMs },
    recovery: { startMs: well, endMs: times.endMs },
  };
}

/**
 * Sums up what the users got in each phase. A request belongs to the phase in which it was due; one that was on its
 * way when the failure began belongs to the failure.
 */
export function summarizePhases(
  samples: readonly Sample[],
  spans: Readonly<Record<DrillPhase, Span>>,
): Readonly<Record<DrillPhase, PhaseFigures>> {
  const measured = samples.filter(isMeasured);
  const failureAtMs = spans.failure.startMs;
  const startMs = (sample: Sample) =>
    sample.dueMs < failureAtMs && endOf(sample) > failureAtMs ? failureAtMs : sample.dueMs;
  const sum = (span: Span) =>
    summarize(
      measured,
      measured.filter((sample) => isInside(startMs(sample), span)),
      span,
    );
  return { baseline: sum(spans.baseline), failure: sum(spans.failure), recovery: sum(spans.recovery) };
}

function isInside(ms: number, { startMs, endMs }: Span): boolean {
  return ms >= startMs && ms < endMs;
}

function summarize(measured: readonly Sample[], due: readonly Sample[], span: Span): PhaseFigures {
  const { startMs, endMs } = span;
  const ended = measured.filter((sample) => isInside(endOf(sample), span));
  const failed = due.filter(isFailed);
  const seconds = Math.max(endMs - startMs, 1) / 1_000;
  return {
    durationMs: endMs - startMs,
    requests: due.length,
    failed: failed.length,
    timeouts: due.filter(({ outcome }) => outcome === 'timeout').length,
    answers: countAnswers(due),
    latency: summarizeLatency(due.map(responseTimeMs)),
    successLatency: summarizeLatency(
      due.filter((sample) => !isFailed(sample)).map(({ latencyMs }) => latencyMs),
    ),
    failureLatency: summarizeLatency(failed.map(({ latencyMs }) => latencyMs)),
    completedPerSecond: ended.length / seconds,
    goodPerSecond: ended.filter((sample) => !isFailed(sample)).length / seconds,
    inFlightMax: mostInFlight(measured, startMs, endMs),
    errors: listErrors(failed),
  };
}

/** Lays the whole drill out in windows of `windowMs`. */
export function layOutTimeline(
  samples: readonly Sample[],
  endMs: number,
  windowMs: number,
): readonly TimelineWindow[] {
  const measured = samples.filter(isMeasured);
  const count = Math.max(0, Math.ceil(endMs / windowMs));
  const due: Sample[][] = Array.from({ length: count }, () => []);
  for (const sample of measured) due[Math.floor(sample.dueMs / windowMs)]?.push(sample);
  const open = countOpen(measured, count, windowMs);
  return due.map((window, index) => ({
    startMs: index * windowMs,
    requests: window.length,
    failed: window.filter(isFailed).length,
    p95Ms: window.length === 0 ? null : percentile(sortValues(window.map(responseTimeMs)), 95),
    inFlight: open[index] ?? 0,
  }));
}

function endOf({ dueMs, latencyMs }: Sample): number {
  return dueMs + latencyMs;
}

function countAnswers(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, outcome } of samples) {
    const key = outcome === 'answered' && status !== null ? String(status) : outcome;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Requests that wait at the start of each window. */
function countOpen(samples: readonly Sample[], count: number, windowMs: number): readonly number[] {
  const changes = new Array<number>(count + 1).fill(0);
  for (const sample of samples) {
    const first = Math.ceil(sample.dueMs / windowMs);
    const last = Math.ceil(endOf(sample) / windowMs);
    if (first >= last || first > count) continue;
    changes[first] = (changes[first] ?? 0) + 1;
    if (last <= count) changes[last] = (changes[last] ?? 0) - 1;
  }
  let open = 0;
  return changes.slice(0, count).map((change) => {
    open += change;
    return open;
  });
}

function mostInFlight(samples: readonly Sample[], startMs: number, endMs: number): number {
  const edges = samples
    .filter((sample) => sample.dueMs < endMs && endOf(sample) > startMs)
    .flatMap((sample) => [
      { atMs: Math.max(sample.dueMs, startMs), by: 1 },
      { atMs: endOf(sample), by: -1 },
    ])
    // Who leaves at a moment makes room before who comes.
    .sort((left, right) => left.atMs - right.atMs || left.by - right.by);
  let [now, most] = [0, 0];
  for (const { by } of edges) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function listErrors(failed: readonly Sample[]): readonly ErrorMessage[] {
  const kinds = new Map<string, ErrorMessage>();
  for (const { status, contentType, bodyStart } of failed) {
    const text = bodyStart ?? '';
    const key = JSON.stringify([status, contentType, text]);
    kinds.set(key, { status, contentType, text, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()].sort((left, right) => right.count - left.count).slice(0, MAX_ERRORS);
}
