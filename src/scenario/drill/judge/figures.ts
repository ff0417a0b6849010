import type { DrillResult, PhaseFigures } from '../../../types-drill.ts';
import type { LatencySummary } from '../../../types-run.ts';
import { formatDuration, showMs } from '../../../units.ts';

/** Share of the requests of a phase that failed, 0 to 1; 0 where none was due. */
export function failedShare({ failed, requests }: PhaseFigures): number {
  return requests === 0 ? 0 : failed / requests;
}

/** p95 in ms, or the slowest where there are too few for it; `null`: there were none. */
export function tailMs({ p95Ms, maxMs }: LatencySummary): number | null {
  return p95Ms ?? maxMs;
}

/** `p95 12.3 ms`, `slowest of 7: 12.3 ms`, `–`. */
export function showTail({ p95Ms, maxMs, count }: LatencySummary): string {
  if (p95Ms !== null) return `p95 ${showMs(p95Ms)}`;
  return count === 0 ? '–' : `slowest of ${count}: ${showMs(maxMs)}`;
}

/** `0.42 s`, `12.3 s`. */
export function showSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `not within 24s`; `not recovered` where there was no sense in looking for so long, as when the service has ended. */
export function showNoRecovery({ plan, recovery, endMs }: DrillResult): string {
  const lookedMs = endMs - (recovery?.fromMs ?? endMs);
  return lookedMs < plan.recoveryLimitMs
    ? 'not recovered'
    : `not within ${formatDuration(plan.recoveryLimitMs)}`;
}

/** `18.2` for requests or queries a second. */
export function showRate(perSecond: number): string {
  return perSecond.toFixed(1);
}

/** `200 × 31, 503 × 9`, the most frequent first. */
export function showCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} × ${count}`)
    .join(', ');
}

/** `1 request`, `3 requests`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The middle one of some numbers; `null` for none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** The mean of those that are known; `null` for none. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
