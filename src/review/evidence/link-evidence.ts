import type { Evidence } from '../../types-code.ts';
import type { Rule } from '../rule.ts';
import { isAccusing } from './find-symptoms.ts';
import type { Symptom } from './symptom.ts';

/** Operations that reach a place, and how sure that is, 0 to 1. */
export interface Reach {
  /** `null`: nobody can say, for want of routes, or outside of every function. */
  readonly reachedFrom: readonly string[] | null;
  readonly certainty: number;
}

const MIN_CONFIDENCE = 0.2;
const MAX_EVIDENCE = 5;

/**
 * Gives the measurements that speak for a finding: symptoms of the kinds that its rule is shown by, of
 * operations that reach it.
 */
export function linkEvidence(
  rule: Rule,
  { reachedFrom, certainty }: Reach,
  symptoms: readonly Symptom[],
): Evidence[] {
  const evidence = symptoms.flatMap((symptom) => {
    const speaks = isAccusing(symptom.kind) ? (rule.shownBy[symptom.kind] ?? 0) : 0;
    const reaches =
      reachedFrom === null || reachedFrom.some((route) => isSameOperation(route, symptom.endpoint));
    const confidence = reaches ? Math.round(speaks * certainty * symptom.strength * 100) / 100 : 0;
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
