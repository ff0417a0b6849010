import { inlineCode } from '../../markdown.ts';
import { tame } from '../../policy.ts';
import type { CodeRange, Finding, Priority, Severity } from '../../types-code.ts';
import type { SymptomKind } from '../evidence/symptom.ts';
import { SYMPTOM_MEANINGS } from '../evidence/symptom-meanings.ts';
import { RULES } from '../rules/index.ts';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** A place as `file:line`, the form that editors open. */
export function showPlace({ file, startLine }: CodeRange): string {
  return inlineCode(`${tame(file, 200)}:${startLine}`);
}

/** An item of a run as it is cited. */
export function showItem(seen: { readonly runId: string; readonly itemId: string }): string {
  return `${inlineCode(seen.runId)}, item ${inlineCode(seen.itemId)}`;
}

/** Titles, endpoints and other text from outside, on one line and without marks of Markdown that would act. */
export function showText(text: string, limit = 160): string {
  return tame(text, limit)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/([\\`*_[\]<>#|])/g, '\\$1');
}

export function showPriority(priority: Priority): string {
  const words: Readonly<Record<Priority, string>> = {
    critical: '**Critical**',
    recommended: 'Recommended',
    'nice-to-have': 'Nice-to-have',
  };
  return words[priority];
}

/** `2 critical, 1 high`. */
export function countSeverities(findings: readonly Finding[]): string {
  return SEVERITIES.map(
    (severity) => [severity, findings.filter((one) => one.severity === severity).length] as const,
  )
    .filter(([, times]) => times > 0)
    .map(([severity, times]) => `${times} ${severity}`)
    .join(', ');
}

/** Scenarios that would show a rule's harm, most telling first. */
export function showingScenarios(ruleId: string): string[] {
  const shownBy = RULES.find((rule) => rule.id === ruleId)?.shownBy ?? {};
  return Object.entries(shownBy)
    .sort(([, left], [, right]) => right - left)
    .map(([kind]) => SYMPTOM_MEANINGS[kind as SymptomKind].scenario);
}

/** `1 finding`, `3 findings`. */
export function plural(times: number, word: string): string {
  return `${times} ${word}${times === 1 ? '' : 's'}`;
}
