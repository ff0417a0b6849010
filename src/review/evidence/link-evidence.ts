import type { Evidence } from '../../types-code.ts';
import type { Rule } from '../rule.ts';
import { isAccusing } from './find-symptoms.ts';
import type { Symptom } from './symptom.ts';

/** Without routes nobody knows what reaches a place; then a symptom speaks for it only weakly. */
const UNKNOWN_REACH = 0.4;
const MIN_CONFIDENCE = 0.2;
const MAX_EVIDENCE = 5;

/**
 * Gives the measurements that speak for a finding: symptoms of the kinds that its rule is shown by, of
 * operations that reach it. `reachedFrom` is `null` when the code's routes are unknown.
 */
export function linkEvidence(
  rule: Rule,
  reachedFrom: readonly string[] | null,
  symptoms: readonly Symptom[],
): Evidence[] {
  const evidence = symptoms.flatMap((symptom) => {
    const speaks = isAccusing(symptom.kind) ? (rule.shownBy[symptom.kind] ?? 0) : 0;
    const reach = reachOf(symptom.endpoint, reachedFrom);
    const confidence = Math.round(speaks * reach * symptom.strength * 100) / 100;
    if (confidence < MIN_CONFIDENCE) return [];
    return [
      {
        runId: symptom.runId,
        itemId: symptom.itemId,
        symptom: symptom.seen,
        figures: symptom.figures,
        confidence,
      },
    ];
  });
  return evidence
    .sort((a, b) => b.confidence - a.confidence || compare(a.itemId, b.itemId))
    .slice(0, MAX_EVIDENCE);
}

function reachOf(endpoint: string, reachedFrom: readonly string[] | null): number {
  if (reachedFrom === null) return UNKNOWN_REACH;
  return reachedFrom.some((route) => isSameOperation(route, endpoint)) ? 1 : 0;
}

/** Whether `GET /a/{x}` and `GET /a/{y}` are one operation: names of parameters and a last slash do not count. */
export function isSameOperation(left: string, right: string): boolean {
  const [leftMethod = '', leftPath = ''] = left.split(' ');
  const [rightMethod = '', rightPath = ''] = right.split(' ');
  const sameMethod = leftMethod === rightMethod || leftMethod === 'ANY' || rightMethod === 'ANY';
  return sameMethod && normalizePath(leftPath) === normalizePath(rightPath);
}

function normalizePath(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}').replace(/\/+$/, '');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
