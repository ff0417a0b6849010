import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readBaseline, renderBaseline, splitByBaseline } from '../../src/review/baseline.ts';
import { reviewCode } from '../../src/review/review.ts';
import { memoryIndex } from './memory-index.ts';

const first = 'await fetch(url);\n';
const deps = { clock: systemClock, signal: new AbortController().signal, isTrusted: () => true };
const base = {
  id: 'rev_1',
  run: null,
  operations: [],
  rules: [],
  role: 'developer' as const,
  contextTexts: [],
};
const review = (text: string, baseline = readBaseline(renderBaseline([]), 'none')) =>
  reviewCode({ ...base, index: memoryIndex({ 'a.js': text }), baseline }, deps);

test('a review with its own baseline has nothing to say, and says how much it left out', async () => {
  const known = readBaseline(renderBaseline((await review(first)).findings), 'b.json');
  const { findings, notices } = await review(`// moved\n${first}`, known);
  expect(findings).toEqual([]);
  expect(notices).toContainEqual({ where: 'baseline', message: '1 known finding(s) are left out' });
});

test('a finding that the baseline does not hold is reported', async () => {
  const known = readBaseline(renderBaseline((await review(first)).findings), 'b.json');
  const { findings } = await review(`${first}const other = await fetch(second);\n`, known);
  expect(findings.map(({ place }) => place.startLine)).toEqual([2]);
});

test('an entry of a baseline that is found no more changes nothing', async () => {
  const { findings } = await review(first);
  expect(splitByBaseline(findings, new Set(['fnd_gone']))).toEqual({ fresh: findings, knownCount: 0 });
});

test('a baseline is the same text whatever the order of the findings', async () => {
  const { findings } = await review(`${first}${first}`);
  expect(renderBaseline([...findings].reverse())).toBe(renderBaseline(findings));
});

test.each(['{', '[]', '{"version":2,"findings":[]}', '{"version":1,"findings":["a"]}'])(
  'what is not a baseline is refused: %s',
  (text) => {
    expect(() => readBaseline(text, 'b.json')).toThrow(/^b\.json is not/);
  },
);
