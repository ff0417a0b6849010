import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderRuleTable } from '../../../src/review/report/rule-table.ts';
import { RULES } from '../../../src/review/rules/index.ts';

const docs = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');

test('docs/rules.md ends with the table of all rules as the code has it', () => {
  const [, table] = docs.split('## The rules\n\n');
  expect(table?.trim()).toBe(renderRuleTable(RULES).trim());
});

test('the table says of a rule without a safe fix that it has none', () => {
  const line = renderRuleTable(RULES)
    .split('\n')
    .find((one) => one.includes('js-fetch-result-without-status'));
  expect(line).toMatch(/\| no +\|$/);
});
