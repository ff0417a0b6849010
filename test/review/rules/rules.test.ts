import { describe, expect, test } from 'vitest';
import type { Rule, ValidExample } from '../../../src/review/rule.ts';
import { RULES } from '../../../src/review/rules/index.ts';
import { fixAll, hitsIn, parses } from './rule-testing.ts';

test('rules are sorted by id, and each id stands once', () => {
  const ids = RULES.map((rule) => rule.id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  test('has at least five silent and three loud examples', () => {
    expect(rule.examples.valid.length).toBeGreaterThanOrEqual(5);
    expect(rule.examples.invalid.length).toBeGreaterThanOrEqual(3);
  });

  test.each(rule.examples.valid.map((example) => [asExample(example).code, asExample(example)] as const))(
    'is silent: %j',
    async (code, { language = languageOf(rule), versions }) => {
      expect(await parses(language, code)).toBe(true);
      expect((await hitsIn([rule], code, language, versions)).map((hit) => hit.match.message)).toEqual([]);
    },
  );

  test.each(rule.examples.invalid.map((example) => [example.before, example] as const))(
    'is loud: %j',
    async (before, { after, language = languageOf(rule), versions }) => {
      expect(await parses(language, before)).toBe(true);
      const hits = await hitsIn([rule], before, language, versions);
      expect(hits.length).toBeGreaterThan(0);
      expect(fixAll(before, hits)).toBe(after);
      if (after === null) return;
      expect(await parses(language, after)).toBe(true);
      expect(await hitsIn([rule], after, language, versions)).toEqual([]);
    },
  );
});

function asExample(example: string | ValidExample): ValidExample {
  return typeof example === 'string' ? { code: example } : example;
}

function languageOf(rule: Rule) {
  return rule.languages[0] ?? 'javascript';
}
