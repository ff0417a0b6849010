import type { Cause, ItemResult, VerdictReason } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';

/** A residual below this, or below a tenth of what was injected, is about zero. */
const RESIDUAL_FLOOR_MS = 5;
const RESIDUAL_SHARE = 0.1;
const MIN_BASELINE = 5;

/** One sentence that says what happened to an item and who is responsible for it. */
export function headline(result: ItemResult): string {
  const { value, reasons } = result.verdict;
  if (value === 'inconclusive') return reasons.map(withRemedy).join(' ');
  const parts = value === 'fail' ? [sentence(joinReasons(reasons)), blame(result)] : [held(result)];
  return [...parts, describeSlowdown(result)].filter((part) => part !== '').join(' ');
}

/** Whose failure an item's is: the target's where any reason says so; `null` when it did not fail, or is not known. */
export function blameOf({ verdict }: ItemResult): Cause | null {
  if (verdict.value !== 'fail') return null;
  if (verdict.reasons.some(({ cause }) => cause === 'target')) return 'target';
  return verdict.reasons.some(({ cause }) => cause === null) ? null : 'injected';
}

/** Says how the response time compares with what was injected; empty where nothing was delayed. */
export function describeSlowdown(result: ItemResult): string {
  const { residualP50Ms: residual, baseline, injected } = result;
  const put = injected.p50Ms;
  // Where most of what was hit never came back, the few that did say little.
  if (residual === null || put === null || put < 1 || injected.count < result.failedByInjection) return '';
  // A baseline of a few calls is hardly known better than to within itself.
  const vague = baseline.count < MIN_BASELINE ? (baseline.p50Ms ?? 0) : 0;
  const about = Math.max(RESIDUAL_FLOOR_MS, put * RESIDUAL_SHARE, vague);
  if (Math.abs(residual) <= about)
    return `Slowed by exactly what was injected (${showMs(put)} at the median).`;
  if (residual < 0)
    return `Slowed by ${showMs(-residual)} less than was injected: it does not wait for all of it.`;
  return describeRepeats(result, put, residual, about);
}

/** A dependency that is called several times, one call after another, pays the same delay several times. */
function describeRepeats(
  { amplification, dependencies }: ItemResult,
  put: number,
  residual: number,
  about: number,
): string {
  const times = amplification === null ? '' : `, ${amplification.toFixed(1)} × what was injected`;
  const slower = `Slowed by ${showMs(residual)} more than was injected${times}`;
  const calls = Math.max(
    0,
    ...dependencies.filter(({ hits }) => hits > 0).map(({ perRequest }) => perRequest ?? 0),
  );
  if (calls < 1.5) return `${slower}: that part is the application's own.`;
  const beyond = residual - (calls - 1) * put;
  const paid = `${slower}: it calls its dependency ${calls.toFixed(1)} times per request, one call after another, and pays the delay each time`;
  return beyond > about * calls ? `${paid}; ${showMs(beyond)} beyond that are its own.` : `${paid}.`;
}

/** The reasons of a verdict in one line. */
export function joinReasons(reasons: readonly VerdictReason[]): string {
  return reasons.map(({ message }) => message).join('; ');
}

function held(result: ItemResult): string {
  const { requests, failed, observed } = result;
  const hollow = countHollow(result);
  if (hollow > 0)
    return `Not judged a failure, but ${hollow} of ${requests} answers were hollow: 2xx although every call to a dependency failed.`;
  if (requests === 1) return `Held: answered ${listOutcomes(result)} after ${showMs(observed.maxMs)}.`;
  const time = observed.p95Ms === null ? `median ${showMs(observed.p50Ms)}` : `p95 ${showMs(observed.p95Ms)}`;
  const failures = failed === 0 ? 'none' : `${failed} (${showPercent(failed / requests)})`;
  return `Held: ${time}, ${failures} of ${requests} requests failed.`;
}

/** Answers of 2xx although every call to a dependency failed. */
export function countHollow({ outcomes }: ItemResult): number {
  return Object.entries(outcomes).reduce(
    (sum, [name, count]) => (name.endsWith(' hollow') ? sum + count : sum),
    0,
  );
}

function blame(result: ItemResult): string {
  if (blameOf(result) === null) return 'Whether the fault or the application caused this is not known.';
  if (blameOf(result) === 'injected') {
    return 'The injected fault explains this: nothing is said against the application.';
  }
  const { failed, failedByInjection } = result;
  const own = failed - failedByInjection;
  if (failedByInjection > 0 && own > 0) {
    return `${own} of ${failed} failures are the application's own, ${failedByInjection} were injected.`;
  }
  return 'This is the application’s own behaviour.';
}

function listOutcomes({ outcomes }: ItemResult): string {
  return Object.keys(outcomes).join(', ');
}

function withRemedy({ message, remedy }: VerdictReason): string {
  return remedy === null ? sentence(message) : `${sentence(message)} ${remedy}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
