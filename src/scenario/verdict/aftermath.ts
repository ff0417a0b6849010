import type { ItemResult, Sample, Window } from '../../types-run.ts';
import { type FailureContext, isFailed, isHit, responseTimeMs } from './failure.ts';
import { maxOf } from './percentile.ts';

/** Good answers in a row that count as well again. */
const GOOD_IN_A_ROW = 3;
/** Slower than the slowest request without faults by this much, and by this factor, is not well yet. */
const SLACK_MS = 200;
const SLACK_FACTOR = 2;

/** Says how long an item's target stayed bad after its faults, and how many of its errors were HTML pages. */
export function measureAftermath(
  faulted: readonly Sample[],
  windows: readonly Window[],
  context: FailureContext,
): Required<Pick<ItemResult, 'recoveryMs' | 'htmlErrors'>> {
  return {
    recoveryMs: findRecovery(faulted, windows, context),
    htmlErrors: faulted.filter(isHtmlError).length,
  };
}

/**
 * Time from the end of the last fault until the first of three good answers in a row, of requests sent after it that
 * no fault touched; 0: the first three were good. `null`: no fault ended, or too few requests came after it. Where
 * there were never three, the time until the last request: it took at least as long.
 */
function findRecovery(
  faulted: readonly Sample[],
  windows: readonly Window[],
  { baselineMaxMs }: FailureContext,
): number | null {
  const endMs = maxOf(windows.map((window) => window.endMs));
  if (endMs === null || !Number.isFinite(endMs)) return null;
  const after = faulted
    .filter((sample) => sample.sentMs > endMs && !isHit(sample))
    .toSorted((left, right) => left.sentMs - right.sentMs);
  if (after.length < GOOD_IN_A_ROW) return null;
  const limitMs =
    baselineMaxMs === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(baselineMaxMs * SLACK_FACTOR, baselineMaxMs + SLACK_MS);
  let row = 0;
  for (const [at, sample] of after.entries()) {
    row = !isFailed(sample) && responseTimeMs(sample) <= limitMs ? row + 1 : 0;
    const first = after[at - GOOD_IN_A_ROW + 1];
    if (row === GOOD_IN_A_ROW && first !== undefined)
      return at === GOOD_IN_A_ROW - 1 ? 0 : first.sentMs - endMs;
  }
  return (after.at(-1)?.sentMs ?? endMs) - endMs;
}

/** An error of the target's own, not of a fault at the edge, that no program can read. */
function isHtmlError({ outcome, status, contentType, exchange }: Sample): boolean {
  const injected = exchange?.hits.some((hit) => hit.status !== null) ?? false;
  const isPage = /^text\/html\b|^application\/xhtml\+xml\b/i.test(contentType ?? '');
  return outcome === 'answered' && (status ?? 0) >= 500 && isPage && !injected;
}
