import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isTrusted, recordOf } from '../../src/review/rule-records.ts';
import { RULES } from '../../src/review/rules/index.ts';

test('a rule is trusted where it was judged often enough and seldom wrong', () => {
  expect(recordOf('js-fetch-without-timeout')).toEqual({ reached: [73, 4], elsewhere: [12, 3] });
  expect(isTrusted('js-fetch-without-timeout', true)).toBe(true);
  expect(isTrusted('js-fetch-without-timeout', false)).toBe(false);
  // None of five was false: enough. One of six is not.
  expect([
    recordOf('python-redis-without-timeout').reached,
    isTrusted('python-redis-without-timeout', true),
  ]).toEqual([[5, 0], true]);
  expect([
    recordOf('java-rest-template-without-timeouts').reached,
    isTrusted('java-rest-template-without-timeouts', true),
  ]).toEqual([[6, 1], false]);
});

test('what an operation reaches goes by all that was judged where too little was reached before', () => {
  const { reached, elsewhere } = recordOf('service-without-metrics');
  expect([reached, elsewhere]).toEqual([
    [0, 0],
    [33, 3],
  ]);
  expect(isTrusted('service-without-metrics', true)).toBe(true);
});

test('a rule that was never judged is not trusted', () => {
  expect(isTrusted('no-such-rule', true)).toBe(false);
});

test('records are of rules that there are, and are told in the document', () => {
  const told = readFileSync('docs/rules-sample.md', 'utf8');
  const judged = RULES.filter(({ id }) => recordOf(id).reached[0] + recordOf(id).elsewhere[0] > 0);
  expect(judged.length).toBeGreaterThan(40);
  for (const { id } of judged) {
    const { reached, elsewhere } = recordOf(id);
    expect(told).toContain(`| \`${id}\` | ${reached.join(' | ')} | ${elsewhere.join(' | ')} |`);
  }
});
