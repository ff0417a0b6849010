import { markdownTable } from '../../markdown.ts';
import type { Rule } from '../rule.ts';

/** Gives the table of rules that docs/rules.md holds. */
export function renderRuleTable(rules: readonly Rule[]): string {
  return markdownTable(
    ['Rule', 'Languages', 'Severity', 'Harm', 'Default of the library', 'Fix'],
    rules.map((rule) => [
      `\`${rule.id}\``,
      rule.languages.join(', '),
      rule.severity,
      rule.summary,
      rule.advice.libraryDefault,
      rule.examples.invalid.some(({ after }) => after !== null) ? 'yes' : 'no',
    ]),
  );
}
