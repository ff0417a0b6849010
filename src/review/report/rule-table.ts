import { markdownTable } from '../../markdown.ts';
import type { Rule } from '../rule.ts';

/** When a match is a finding, and no lead. */
const WHEN = { found: 'as found', reached: 'where reached', measured: 'when measured' } as const;

/** Gives the table of rules that docs/rules.md holds. */
export function renderRuleTable(rules: readonly Rule[]): string {
  return markdownTable(
    ['Rule', 'Languages', 'Severity', 'A finding', 'Harm', 'Default of the library', 'Fix'],
    rules.map((rule) => [
      `\`${rule.id}\``,
      rule.languages.join(', '),
      rule.severity,
      WHEN[rule.findingWhen ?? 'found'],
      rule.summary,
      rule.advice.libraryDefault,
      rule.examples.invalid.some(({ after }) => after !== null) ? 'yes' : 'no',
    ]),
  );
}
