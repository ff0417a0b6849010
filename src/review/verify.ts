import type { Patch, Verification, VerificationVerdict } from '../types-code.ts';
import type { ItemChange, ItemResult, RunResult } from '../types-run.ts';
import { showMs } from '../units.ts';

/** A run against a program that was started for it. */
export interface Trial {
  readonly run: RunResult;
  /** Items in which the program ended by itself, by their ids; it was started again after them. */
  readonly endings: ReadonlyMap<string, string>;
  /** By an item's id, how its requests without faults ended. */
  readonly calm: ReadonlyMap<string, CalmRequests>;
}

/** Requests of an item that no fault could touch. */
export interface CalmRequests {
  readonly sent: number;
  /** Without an answer, or answered with a 5xx. */
  readonly failed: number;
}

export interface VerifyDeps {
  /** Runs the scenarios against the program as it is. */
  readonly runBefore: () => Promise<Trial>;
  /** Runs the same scenarios with the same seed against the patched program. */
  readonly runAfter: () => Promise<Trial>;
  readonly compare: (before: RunResult, after: RunResult) => readonly ItemChange[];
}

export interface Judgement {
  readonly verdict: VerificationVerdict;
  readonly reason: string;
}

/** Measures a patch: the same scenarios before and after, judged together. */
export async function verifyPatch(
  patch: Patch,
  request: { readonly id: string },
  deps: VerifyDeps,
): Promise<Verification> {
  const before = await deps.runBefore();
  const after = await deps.runAfter();
  const degradable = new Set(
    after.run.run.items.filter(({ item }) => item.context.degradable === true).map(({ id }) => id),
  );
  const compared = markHollow(deps.compare(before.run, after.run), degradable);
  const changes = markBroken(markEnded(compared, before.endings, after.endings), before.calm, after.calm);
  return {
    id: request.id,
    patchId: patch.id,
    beforeRunId: before.run.run.id,
    afterRunId: after.run.run.id,
    ...(isWhole(before) && isWhole(after) ? judgeVerification(changes) : CUT_SHORT),
    changes,
  };
}

const CUT_SHORT: Judgement = {
  verdict: 'inconclusive',
  reason:
    'It was stopped before its end; what was measured until then proves nothing. Verify the patch again.',
};

/** What ends a run early ends the service too, and so its last answers. */
function isWhole({ run }: Trial): boolean {
  return run.run.state === 'finished';
}

const HOLLOW = 'reports success although the dependency never answered';

/**
 * Counts as regressed what answers with success where it did not before, while every call to a dependency failed: an
 * error that was swallowed. `degradable` are the ids of items whose scenario says that this is what they promise.
 */
export function markHollow(
  changes: readonly ItemChange[],
  degradable: ReadonlySet<string>,
): readonly ItemChange[] {
  return changes.map((change) =>
    isHollow(change) && !degradable.has(change.after?.itemId ?? '')
      ? { ...change, change: 'regressed', why: HOLLOW }
      : change,
  );
}

const BREAKS = 'fails without any fault';
const MOST = 0.5;

/**
 * Counts as regressed what fails without any fault where it did not before: a time limit that no answer can meet looks
 * well under a fault whose errors are expected.
 */
export function markBroken(
  changes: readonly ItemChange[],
  before: Trial['calm'],
  after: Trial['calm'],
): readonly ItemChange[] {
  return changes.map((change) => {
    const was = before.get(change.before?.itemId ?? '');
    const is = after.get(change.after?.itemId ?? '');
    if (was === undefined || is === undefined || was.sent === 0 || was.failed > 0) return change;
    return is.failed > is.sent * MOST ? { ...change, change: 'regressed', why: BREAKS } : change;
  });
}

const ENDS = 'ends the service';

/** Counts as regressed what ends a service that used to live through it, and as improved what no longer does. */
export function markEnded(
  changes: readonly ItemChange[],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ItemChange[] {
  return changes.map((change) => {
    const ended = before.has(change.before?.itemId ?? '');
    const ends = after.has(change.after?.itemId ?? '');
    if (ends && !ended) return { ...change, change: 'regressed', why: ENDS };
    const better = ended && !ends && change.change === 'unchanged';
    if (!better || change.after?.verdict.value === 'inconclusive') return change;
    return { ...change, change: 'improved', why: 'the service no longer ends by it' };
  });
}

/**
 * Judges what a patch did: one regression spoils it, whatever else it mends; `fixed` needs a failing item that
 * passes now. Without an item that both runs measured nothing can be said.
 */
export function judgeVerification(changes: readonly ItemChange[]): Judgement {
  const compared = changes.filter((change) => change.before !== null && change.after !== null);
  const of = (kind: ItemChange['change']) => changes.filter((change) => change.change === kind);
  const regressed = of('regressed');
  if (regressed.length > 0) return { verdict: 'regressed', reason: explainRegressed(regressed) };
  const sure = compared.filter(({ after }) => after?.verdict.value !== 'inconclusive');
  if (sure.length === 0) {
    if (compared.length === 0) {
      return {
        verdict: 'inconclusive',
        reason: 'No item was measured before and after. Run the scenarios again.',
      };
    }
    const [first] = compared.flatMap(({ after }) => after?.verdict.reasons ?? []);
    const why = first === undefined ? '' : `: ${first.message}`;
    const remedy = first?.remedy ?? 'Run the scenarios again.';
    return { verdict: 'inconclusive', reason: `Every item after the patch is inconclusive${why}. ${remedy}` };
  }
  const lost = of('only_before');
  const fixed = of('fixed');
  const improved = of('improved');
  const left = sure.filter(({ after }) => after?.verdict.value === 'fail');
  if (lost.length > 0) {
    return {
      verdict: 'inconclusive',
      reason: `${count(lost)} could not be measured after the patch: ${describe(lost)}`,
    };
  }
  const still = left.length === 0 ? '' : ` ${count(left)} still fail${left.length === 1 ? 's' : ''}.`;
  if (fixed.length > 0) {
    return {
      verdict: 'fixed',
      reason: `${count(fixed)} failed before and pass${fixed.length === 1 ? 'es' : ''} now: ${describe(fixed)}${still}`,
    };
  }
  if (improved.length > 0) {
    return {
      verdict: 'improved',
      reason: `${count(improved)} got better, though none from failing to passing: ${describe(improved)}${still}`,
    };
  }
  return { verdict: 'unchanged', reason: `Nothing changed beyond noise in ${count(sure)}.${still}` };
}

function explainRegressed(regressed: readonly ItemChange[]): string {
  const hollow = regressed.filter(({ why }) => why === HOLLOW);
  const named = [ENDS, BREAKS].flatMap((why) => {
    const own = regressed.filter((change) => change.why === why);
    const verb = own.length === 1 ? why : why.replace(/^(\w+)s /, '$1 ');
    return own.length === 0 ? [] : [`${count(own)} ${verb}: ${describe(own)}`];
  });
  const worse = regressed.filter(({ why }) => ![HOLLOW, ENDS, BREAKS].includes(why));
  const parts = [...named, ...(worse.length === 0 ? [] : [`${count(worse)} got worse: ${describe(worse)}`])];
  if (hollow.length === 0) return parts.join(' ');
  const claims = `${count(hollow)} report${hollow.length === 1 ? 's' : ''}${HOLLOW.slice('reports'.length)}: ${describe(hollow)}`;
  const remedy = 'Where that is what the operation promises, its scenario says "degradable: true".';
  return [...parts, claims, remedy].join(' ');
}

/** Faults under which nothing of a dependency comes through. */
const SEVERED = new Set(['blackhole', 'httperror', 'refuse', 'reset']);

/** Whether an item answers with success where it did not before, while every call to a dependency was severed. */
function isHollow({ before, after }: ItemChange): boolean {
  if (before === null || after === null || countSuccess(before) > 0 || countSuccess(after) === 0)
    return false;
  if (Object.keys(after.outcomes).some((outcome) => outcome.endsWith(' hollow'))) return true;
  const severed = after.fidelity.length > 0 && after.fidelity.every((fault) => SEVERED.has(fault.type));
  return severed && after.dependencies.some(({ hits, exchanges }) => exchanges > 0 && hits === exchanges);
}

function countSuccess(result: ItemResult): number {
  return Object.entries(result.outcomes)
    .filter(([outcome]) => /^2\d\d( hollow)?$/.test(outcome))
    .reduce((sum, [, times]) => sum + times, 0);
}

const MAX_DESCRIBED = 3;

function describe(changes: readonly ItemChange[]): string {
  const shown = changes.slice(0, MAX_DESCRIBED).map((change) => {
    return `${change.endpoint} (${change.scenarioTitle}): ${figures(change.before)} before, ${figures(change.after)} after`;
  });
  const more = changes.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

function figures(result: ItemResult | null): string {
  if (result === null) return 'not measured';
  if (result.requests === 0) return result.verdict.reasons[0]?.message ?? 'not run';
  const outcomes = Object.entries(result.outcomes).map(([outcome, times]) => `${times} × ${outcome}`);
  const { p50Ms } = result.observed;
  return `${outcomes.join(', ')}${p50Ms === null || !Number.isFinite(p50Ms) ? '' : `, p50 ${showMs(p50Ms)}`}`;
}

function count(changes: readonly ItemChange[]): string {
  return changes.length === 1 ? '1 item' : `${changes.length} items`;
}
