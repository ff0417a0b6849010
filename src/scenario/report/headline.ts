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

/** The item's own number, `3` of `item-3`: the same in a report on some of the items as in one on all. */
export function numberOf({ itemId }: Pick<ItemResult, 'itemId'>): string {
  return itemId.replace(/^item-/, '');
}

/** Whose failure an item's is: the target's where any reason says so; `null` when it did not fail, or is not known. */
export function blameOf({ verdict }: ItemResult): Cause | null {
  if (verdict.value !== 'fail') return null;
  if (verdict.reasons.some(({ cause }) => cause === 'target')) return 'target';
  return verdict.reasons.some(({ cause }) => cause === null) ? null : 'injected';
}

/** Says how the response time compares with what was injected; empty where nothing was delayed. */
export function describeSlowdown(result: ItemResult): string {
  const { residualP50Ms: residual, amplification, baseline, injected } = result;
  const put = injected.p50Ms;
  // Where most of what was hit never came back, the few that did say little.
  if (residual === null || put === null || put < 1 || injected.count < result.failedByInjection) return '';
  // A baseline of a few calls is hardly known better than to within itself.
  const vague = baseline.count < MIN_BASELINE ? (baseline.p50Ms ?? 0) : 0;
  const about = Math.max(RESIDUAL_FLOOR_MS, put * RESIDUAL_SHARE, vague);
  if (Math.abs(residual) <= about) {
    // Beside an accusation it would read as its denial.
    return blameOf(result) === 'target'
      ? ''
      : `Slowed by exactly what was injected (${showMs(put)} at the median).`;
  }
  if (residual < 0)
    return `Slowed by ${showMs(-residual)} less than was injected: it does not wait for all of it.`;
  const repeated = Math.max(0, (result.paidP50Ms ?? put) - put);
  const own = residual - repeated;
  if (repeated > about) {
    const paid = own > about ? (put + repeated) / put : (amplification ?? (put + repeated) / put);
    const more = own > about ? `; ${showMs(own)} beyond that is the application's own` : '';
    return `It paid the delay about ${paid.toFixed(1).replace(/\.0$/, '')} times (${describeCalls(result)})${more}.`;
  }
  const times = amplification === null ? '' : `, ${amplification.toFixed(1)} × what was injected`;
  return `Slowed by ${showMs(residual)} more than was injected${times}: that part is the application's own.`;
}

function describeCalls({ delayedCallsPerRequest: calls, injectedOf }: ItemResult): string {
  const count = `${(calls ?? 0).toFixed(1)} calls per request`;
  return injectedOf === 'item' ? `${count}, counted over the item as a whole` : `${count}, one after another`;
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
  if (failed > 0 && isAsExpected(result)) return `Held: ${time}, ${listCounts(result)}, as expected.`;
  const failures = failed === 0 ? 'none' : `${failed} (${showPercent(failed / requests)})`;
  return `Held: ${time}, ${failures} of ${requests} requests failed.`;
}

/** Whether each call had a status that was asked of it, be it a 503. */
export function isAsExpected({ expectations, verdict }: ItemResult): boolean {
  const asked = expectations.find(({ expected, judged }) => judged && expected.startsWith('status '));
  return verdict.value === 'pass' && asked !== undefined && asked.met === asked.calls;
}

/** `3 × 200, 2 × 503`. */
export function listCounts({ outcomes }: ItemResult): string {
  return Object.entries(outcomes)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}

/** Answers of 2xx although every call to a dependency failed. */
export function countHollow({ outcomes }: Pick<ItemResult, 'outcomes'>): number {
  return Object.entries(outcomes).reduce(
    (sum, [name, count]) => (name.endsWith(' hollow') ? sum + count : sum),
    0,
  );
}

function blame(result: ItemResult): string {
  const cause = blameOf(result);
  if (cause === 'injected')
    return 'The injected fault explains this: nothing is said against the application.';
  if (cause === null) return UNKNOWN_CAUSE;
  const { failed, failedByInjection } = result;
  const own = failed - failedByInjection;
  if (failedByInjection > 0 && own > 0) {
    return `${own} of ${failed} failures are the application's own, ${failedByInjection} were injected.`;
  }
  return 'This is the application’s own behaviour.';
}

const UNKNOWN_CAUSE =
  'Whether the fault or the application caused this is not known: calls to the dependency could not be put down to single requests. Pass traceparent on, or lower the rate.';

function listOutcomes({ outcomes }: ItemResult): string {
  return Object.keys(outcomes).join(', ');
}

function withRemedy({ message, remedy }: VerdictReason): string {
  return remedy === null ? sentence(message) : `${sentence(message)} ${remedy}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
