import type { ItemChange, ItemResult, RunResult } from '../types-run.ts';
import { showMs, showPercent } from '../units.ts';
import { fisherExact } from './verdict/interval.ts';

/** How a comparison tells a change from noise; for reports. */
export const NOISE_TEST =
  'Error rates are compared by Fisher’s exact test (two-sided, p < 0.05), and it counts when all requests of one run and none of the other went unanswered; p50 and p95 have changed when their 95 % intervals, taken from order statistics, do not overlap and they differ by more than 2 ms and 5 %, since two runs drift by that much by themselves.';

/** Puts two runs side by side, item by item: matched by endpoint, scenario title and place among those alike. */
export function compareRuns(before: RunResult, after: RunResult): readonly ItemChange[] {
  const left = keyItems(before.results);
  const right = keyItems(after.results);
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.map((key) => compareItems(left.get(key) ?? null, right.get(key) ?? null));
}

/** What changed in one item, and whether it is more than noise. */
export function compareItems(before: ItemResult | null, after: ItemResult | null): ItemChange {
  const named = after ?? before;
  const names = { endpoint: named?.endpoint ?? '', scenarioTitle: named?.scenarioTitle ?? '', before, after };
  if (before === null) return { ...names, change: 'only_after', why: 'it was not in the earlier run' };
  if (after === null) return { ...names, change: 'only_before', why: 'it was not in the later run' };
  const figures = [
    compareErrors(before, after),
    compareHangs(before, after),
    comparePercentile('p50', before, after),
    comparePercentile('p95', before, after),
  ];
  return { ...names, change: tellChange(before, after, figures), why: explain(before, after, figures) };
}

interface FigureChange {
  readonly text: string;
  /** -1 better, 1 worse, 0 no more than noise. */
  readonly direction: -1 | 0 | 1;
}

const SIGNIFICANT = 0.05;
/** Two runs of the same differ by this much, whatever their intervals say. */
const DRIFT_MS = 2;
const DRIFT_SHARE = 0.05;

function tellChange(
  before: ItemResult,
  after: ItemResult,
  figures: readonly FigureChange[],
): ItemChange['change'] {
  const [was, is] = [before.verdict.value, after.verdict.value];
  // It answered before, and now it fails even without a fault: that is proof enough.
  if (is === 'inconclusive')
    return was !== 'inconclusive' && failsByItself(after) ? 'regressed' : 'unchanged';
  if (was === 'fail' && is === 'pass') return 'fixed';
  if (was === 'pass' && is === 'fail') return 'regressed';
  if (was === 'inconclusive') return 'unchanged';
  const worse = figures.some(({ direction }) => direction > 0);
  const better = figures.some(({ direction }) => direction < 0);
  // Better in one figure and worse in another is neither; the text says both.
  if (worse === better) return 'unchanged';
  return worse ? 'regressed' : 'improved';
}

/** Whether the pre-flight call failed: the target's own doing, since nothing was injected. */
function failsByItself({ verdict, requests }: ItemResult): boolean {
  return requests === 0 && verdict.reasons.some(({ cause }) => cause === 'target');
}

function explain(before: ItemResult, after: ItemResult, figures: readonly FigureChange[]): string {
  const [was, is] = [before.verdict.value, after.verdict.value];
  const verdict = was === is ? `${is} in both` : `${was} before, ${is} after`;
  const noise = figures.every(({ direction }) => direction === 0) ? ' (no more than noise)' : '';
  const open =
    is === 'inconclusive' ? `; what settles it: ${after.verdict.reasons[0]?.message ?? 'a longer run'}` : '';
  const seen = figures.map(({ text }) => text).filter((text) => text !== '');
  return `${[verdict, ...seen].join('; ')}${noise}${open}`;
}

function compareErrors(before: ItemResult, after: ItemResult): FigureChange {
  if (before.requests === 0 || after.requests === 0) return { text: '', direction: 0 };
  const was = before.failed / before.requests;
  const is = after.failed / after.requests;
  const p = fisherExact(before.failed, before.requests, after.failed, after.requests);
  return {
    text: was === is ? '' : `errors ${showPercent(was)} → ${showPercent(is)}${p < SIGNIFICANT ? ' *' : ''}`,
    direction: p < SIGNIFICANT ? directionOf(was, is) : 0,
  };
}

/** All in vain against none is no matter of chance, as a verdict is not: one request that hangs shows it. */
function compareHangs(before: ItemResult, after: ItemResult): FigureChange {
  const [was, is] = [hangingShare(before), hangingShare(after)];
  const apart = was !== null && is !== null && Math.abs(was - is) === 1;
  if (!apart) return { text: '', direction: 0 };
  const text =
    was === 1 ? 'no request was answered in time → all are *' : 'all were answered in time → none is *';
  return { text, direction: directionOf(was, is) };
}

/** Share of the requests that had no answer within their limit; `null`: nothing was asked. */
function hangingShare({ requests, outcomes }: ItemResult): number | null {
  return requests === 0 ? null : (outcomes.timeout ?? 0) / requests;
}

function comparePercentile(name: 'p50' | 'p95', before: ItemResult, after: ItemResult): FigureChange {
  const [was, is] =
    name === 'p50'
      ? [before.observed.p50Ms, after.observed.p50Ms]
      : [before.observed.p95Ms, after.observed.p95Ms];
  const [wasIn, isIn] =
    name === 'p50'
      ? [before.p50IntervalMs, after.p50IntervalMs]
      : [before.p95IntervalMs, after.p95IntervalMs];
  if (was === null || is === null) return { text: '', direction: 0 };
  const matters = Math.abs(is - was) > Math.max(DRIFT_MS, DRIFT_SHARE * was);
  const apart = wasIn !== null && isIn !== null && (isIn[1] < wasIn[0] || isIn[0] > wasIn[1]) && matters;
  return {
    text: `${name} ${showMs(was)} → ${showMs(is)}${apart ? ' *' : ''}`,
    direction: apart ? directionOf(was, is) : 0,
  };
}

function directionOf(was: number, is: number): -1 | 0 | 1 {
  return is < was ? -1 : is > was ? 1 : 0;
}

/** Items that are alike in endpoint and title are told apart by their place. */
function keyItems(results: readonly ItemResult[]): Map<string, ItemResult> {
  const seen = new Map<string, number>();
  const keyed = new Map<string, ItemResult>();
  for (const result of results) {
    const name = JSON.stringify([result.endpoint, result.scenarioTitle]);
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    keyed.set(`${name}${place}`, result);
  }
  return keyed;
}
