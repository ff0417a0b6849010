import type { Mark, ObjectiveRow } from '../judge/judgement.ts';

/** The signs of the reference; `–` where there is nothing to judge. */
export const SIGNS: Readonly<Record<Mark, string>> = { good: '✅', warning: '⚠️', bad: '❌', none: '–' };

/** Whether an objective was met. */
export function showMet(met: boolean | null): string {
  return met === null ? SIGNS.none : met ? SIGNS.good : SIGNS.bad;
}

/** `RTO of Database Failure missed: 6.2 s, target < 5s.` */
export function describeMissed(name: string, { label, actual, target, targetMs }: ObjectiveRow): string {
  return `${name} of ${label} missed: ${actual}${targetMs === null ? '' : `, target ${target}`}.`;
}

/** `8.2/10`, `–` without a score. */
export function showScore(total: number | null): string {
  return total === null ? '–' : `${total.toFixed(1)}/10`;
}
