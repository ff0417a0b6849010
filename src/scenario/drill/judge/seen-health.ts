import type { DrillPhase } from '../../../types-drill.ts';
import type { HealthPoint } from '../../../types-watch.ts';
import type { Span } from '../phases.ts';
import { countOf, medianOf } from './figures.ts';

/** What the health endpoint said. */
export interface HealthSeen {
  readonly checks: Readonly<Record<DrillPhase, number>>;
  /** Checks by status, `no answer` among them. */
  readonly answers: Readonly<Record<DrillPhase, Readonly<Record<string, number>>>>;
  /** Share of the checks during the failure that said "well" (2xx), 0 to 1; `null`: there was none. */
  readonly wellDuring: number | null;
  /** Share of them that said 503. */
  readonly unavailableDuring: number | null;
  /** ms from the beginning of the failure to the first check that did not say "well". */
  readonly noticedAfterMs: number | null;
  /** ms from the end of the failure to the first check that said "well". */
  readonly wellAfterMs: number | null;
  readonly medianTookMs: Readonly<Record<DrillPhase, number | null>>;
}

/** Sums up the looks at the health endpoint; `null`: it was not watched. */
export function seeHealth(
  points: readonly HealthPoint[],
  spans: Readonly<Record<DrillPhase, Span>>,
  failureEndMs: number | null,
): HealthSeen | null {
  if (points.length === 0) return null;
  const within = ({ startMs, endMs }: Span) => points.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
  const [before, during, after] = [within(spans.baseline), within(spans.failure), within(spans.recovery)];
  const share = (test: (point: HealthPoint) => boolean) =>
    during.length === 0 ? null : during.filter(test).length / during.length;
  const noticed = during.find((point) => !isWell(point));
  const well = points.find((point) => point.atMs >= (failureEndMs ?? Infinity) && isWell(point));
  const took = (own: readonly HealthPoint[]) => medianOf(own.map(({ tookMs }) => tookMs));
  return {
    checks: { baseline: before.length, failure: during.length, recovery: after.length },
    answers: { baseline: countBy(before), failure: countBy(during), recovery: countBy(after) },
    wellDuring: share(isWell),
    unavailableDuring: share(({ status }) => status === 503),
    noticedAfterMs: noticed === undefined ? null : noticed.atMs - spans.failure.startMs,
    wellAfterMs: well === undefined || failureEndMs === null ? null : well.atMs - failureEndMs,
    medianTookMs: { baseline: took(before), failure: took(during), recovery: took(after) },
  };
}

/** `200 on 12 of 12 checks`, `503 on 3 of 12 checks and 200 on 9`. */
export function showChecks(answers: Readonly<Record<string, number>>): string {
  const entries = Object.entries(answers).toSorted(([, left], [, right]) => right - left);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  return entries
    .map(([status, count], index) =>
      index === 0 ? `${status} on ${count} of ${countOf(total, 'check')}` : `${status} on ${count}`,
    )
    .join(' and ');
}

/** A health endpoint says "well" by a 2xx. */
export function isWell({ status }: HealthPoint): boolean {
  return status !== null && status >= 200 && status < 300;
}

function countBy(points: readonly HealthPoint[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of points) {
    const key = status === null ? 'no answer' : String(status);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
