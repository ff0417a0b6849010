import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LANGUAGES } from '../../../src/rag/languages.ts';
import { renderReviewSarif } from '../../../src/review/report/sarif.ts';
import { reviewCode } from '../../../src/review/review.ts';
import { RULES } from '../../../src/review/rules/index.ts';
import { listSarifProblems } from '../../helpers/sarif-schema.ts';
import { memoryIndex } from '../memory-index.ts';

const code = '// ü\nawait fetch(url);\n';

async function sarifOf(texts: Readonly<Record<string, string>>) {
  const review = await reviewCode(
    {
      id: 'rev_1',
      index: memoryIndex(texts),
      run: null,
      operations: [],
      rules: [],
      role: 'sre',
      contextTexts: [],
    },
    { clock: systemClock, signal: new AbortController().signal, isTrusted: () => true },
  );
  return JSON.parse(renderReviewSarif(review));
}

test('SARIF names rule, level, place and fingerprint of each finding', async () => {
  const { version, runs } = await sarifOf({ 'src/my file.js': code });
  expect(version).toBe('2.1.0');
  const [result] = runs[0].results;
  expect(result).toMatchObject({
    ruleId: 'js-fetch-without-timeout',
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/my%20file.js' },
          region: { startLine: 2, endLine: 2 },
        },
      },
    ],
  });
  expect(runs[0].tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  expect(result.partialFingerprints['breakwaterFinding/v1']).toMatch(/^fnd_/);
});

test('the replacements of SARIF mend the text', async () => {
  const { runs } = await sarifOf({ 'a.js': code });
  const [{ deletedRegion, insertedContent }] = runs[0].results[0].fixes[0].artifactChanges[0].replacements;
  const { charOffset, charLength } = deletedRegion;
  const fixed = code.slice(0, charOffset) + insertedContent.text + code.slice(charOffset + charLength);
  expect(fixed).toBe('// ü\nawait fetch(url, { signal: AbortSignal.timeout(2000) });\n');
});

test('a review without findings is SARIF without results', async () => {
  expect((await sarifOf({ 'a.js': '' })).runs[0].results).toEqual([]);
});

test('findings of all rules, with their fixes, fit the JSON Schema of SARIF 2.1.0', async () => {
  const texts = RULES.flatMap(({ id, languages, examples }) =>
    examples.invalid.map(({ before, language = languages[0] ?? 'javascript' }, index) => [
      `src/${id}/${index}${LANGUAGES[language].endings[0]}`,
      before,
    ]),
  );
  const log = await sarifOf(Object.fromEntries(texts));
  expect(listSarifProblems(log)).toEqual([]);
  expect(log.runs[0].results.length).toBeGreaterThan(RULES.length);
  delete log.runs[0].results[0].message;
  expect(listSarifProblems(log)).toEqual(["/runs/0/results/0: must have required property 'message'"]);
});
