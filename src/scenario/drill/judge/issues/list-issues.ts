import type { Issue } from '../judgement.ts';
import type { Seen } from '../seen.ts';
import { ANSWER_RULES } from './answer-rules.ts';
import type { IssueRule } from './issue-rule.ts';
import { LOAD_RULES } from './load-rules.ts';
import { OUTAGE_RULES } from './outage-rules.ts';

/** How ids of rules begin that read one language. */
const LANGUAGE = /^(js|python|go|java)-/;

/** All rules, P0 first. */
export const ISSUE_RULES: readonly IssueRule[] = [...OUTAGE_RULES, ...ANSWER_RULES, ...LOAD_RULES].toSorted(
  (left, right) => left.severity.localeCompare(right.severity, 'en'),
);

/** Lists the weaknesses that a drill has shown, the worst first. */
export function listIssues(seen: Seen): readonly Issue[] {
  return ISSUE_RULES.flatMap(({ id, severity, see, recommendation, reviewRules }) => {
    const text = see(seen);
    if (text === null) return [];
    const rules = reviewRules.filter((rule) => isFor(seen.config.languages, rule));
    return [{ id, drillId: seen.result.plan.id, severity, seen: text, recommendation, reviewRules: rules }];
  });
}

/** A rule for one language finds nothing in a project without it. */
function isFor(languages: readonly string[], rule: string): boolean {
  const own = LANGUAGE.exec(rule)?.[1];
  return languages.length === 0 || own === undefined || languages.includes(own);
}
