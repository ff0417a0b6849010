import { expect, test } from 'vitest';
import { renderRuleTable } from '../../../src/review/report/rule-table.ts';
import { RULES } from '../../../src/review/rules/index.ts';

test('the table says of a rule without a safe fix that it has none', () => {
  const line = renderRuleTable(RULES)
    .split('\n')
    .find((one) => one.includes('js-fetch-result-without-status'));
  expect(line).toMatch(/\| no +\|$/);
});
