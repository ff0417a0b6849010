import type { Issue } from '../judgement.ts';
import type { Seen } from '../seen.ts';
import { ANSWER_RULES } from './answer-rules.ts';
import type { IssueRule } from './issue-rule.ts';
import { LOAD_RULES } from './load-rules.ts';
import { OUTAGE_RULES } from './outage-rules.ts';

/** All rules, P0 first. */
export const ISSUE_RULES: readonly IssueRule[] = [...OUTAGE_RULES, ...ANSWER_RULES, ...LOAD_RULES].toSorted(
  (left, right) => left.severity.localeCompare(right.severity, 'en'),
);

/** Lists the weaknesses that a drill has shown, the worst first. */
export function listIssues(seen: Seen): readonly Issue[] {
  return ISSUE_RULES.flatMap(({ id, severity, see, recommendation, reviewRules }) => {
    const text = see(seen);
    if (text === null) return [];
    return [{ id, drillId: seen.result.plan.id, severity, seen: text, recommendation, reviewRules }];
  });
}
