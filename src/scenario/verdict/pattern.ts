import type { Sample, Window } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { isHit } from './failure.ts';
import { maxOf } from './percentile.ts';

/** Where a pattern is looked for. */
export interface PatternEvidence {
  readonly samples: readonly Sample[];
  /** When any fault was active, in ms since the item began. */
  readonly windows: readonly Window[];
}

/** Says in a few words which requests missed an objective: those in a fault's window, those hit, or others. */
export function describePattern(
  what: 'slow' | 'failed',
  missed: (sample: Sample) => boolean,
  { samples, windows }: PatternEvidence,
): string {
  const bad = samples.filter(missed);
  if (bad.length === 0) return '';
  if (bad.length === samples.length)
    return `every request was ${what === 'slow' ? 'too slow' : 'failed'}`.replace('was failed', 'failed');
  const hit = bad.filter(isHit).length;
  const late = afterlife(bad, windows);
  if (hit === bad.length) return `only requests that a fault acted on (${bad.length})`;
  if (late !== null) return `goes on for ${showMs(late)} after the fault ended`;
  const inside = bad.filter((sample) => isInside(sample, windows)).length;
  if (windows.length > 0 && inside === bad.length) return `all ${bad.length} while the fault was active`;
  if (hit === 0 && inside === 0) return `${bad.length} ${what} requests, none touched by a fault`;
  return `${inside} of ${bad.length} while the fault was active`;
}

/** How long after the last bounded window requests that no fault touched still miss; `null`: they do not. */
function afterlife(bad: readonly Sample[], windows: readonly Window[]): number | null {
  const endMs = maxOf(windows.map((window) => window.endMs));
  if (endMs === null || endMs === Number.POSITIVE_INFINITY) return null;
  const late = bad.filter((sample) => sample.sentMs > endMs && !isHit(sample));
  const lastMs = maxOf(late.map((sample) => sample.dueMs));
  return lastMs === null ? null : lastMs - endMs;
}

/** Whether the request was under way while a fault was active. */
function isInside(sample: Sample, windows: readonly Window[]): boolean {
  const endMs = sample.dueMs + sample.latencyMs;
  return windows.some((window) => sample.sentMs < window.endMs && endMs >= window.startMs);
}
