import { markdownTable } from '../../markdown.ts';
import type { Rule } from '../rule.ts';
import { isTrusted } from '../rule-records.ts';

/** Gives the table of rules that docs/rules.md holds. */
export function renderRuleTable(rules: readonly Rule[]): string {
  return markdownTable(
    ['Rule', 'Languages', 'Severity', 'A finding', 'Harm', 'Default of the library', 'Fix'],
    rules.map((rule) => [
      `\`${rule.id}\``,
      rule.languages.join(', '),
      rule.severity,
      showTrust(rule.id),
      rule.summary,
      rule.advice.libraryDefault,
      rule.examples.invalid.some(({ after }) => after !== null) ? 'yes' : 'no',
    ]),
  );
}

/** When a match of a rule is a finding, and no lead. */
function showTrust(ruleId: string): string {
  const [reached, elsewhere] = [isTrusted(ruleId, true), isTrusted(ruleId, false)];
  if (reached && elsewhere) return 'as found';
  if (reached) return 'where reached';
  return elsewhere ? 'of the start' : 'when measured';
}
