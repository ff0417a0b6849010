import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMON_KEYS } from '../../../src/proxy/fault-schema.ts';
import { FAULTS } from '../../../src/proxy/faults/index.ts';
import { KEYS, SLIPS } from '../../../src/scenario/file/keys.ts';
import { readScenarios } from '../../../src/scenario/file/read.ts';
import { SHAPES } from '../../../src/scenario/generate/shapes/index.ts';
import { readTemplates } from '../../../src/scenario/generate/templates.ts';

const page = readFileSync('docs/scenario-format.md', 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** The part of the page below a heading. */
function sectionOf(heading: string): string {
  const start = page.indexOf(`\n## ${heading}\n`);
  const end = page.indexOf('\n## ', start + 1);
  if (start < 0) throw new Error(`there is no section ${heading}`);
  return page.slice(start, end < 0 ? undefined : end);
}

/** Words that stand as code in a part of the page. */
function codeWords(text: string): ReadonlySet<string> {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return new Set(spans.flatMap((span) => span.split(/[^\w]+/)));
}

test.each([
  ['The document', [KEYS.document, KEYS.config, KEYS.http, KEYS.paths, KEYS.setup, KEYS.item]],
  ['`call`', [KEYS.call, KEYS.meta]],
  ['`context`', [KEYS.context, KEYS.proxy]],
  ['Faults', [Object.keys(COMMON_KEYS), ['type']]],
  ['`strategy`', [['mode'], KEYS.repeat, KEYS.load]],
  ['`slo` and `expect`', [KEYS.slo, KEYS.expect]],
  ['What is read although it is written otherwise', Object.values(SLIPS)],
])('the section %s names each key that is read there', (heading, groups) => {
  const words = codeWords(sectionOf(heading));
  for (const key of groups.flat()) expect(words.has(key), key).toBe(true);
});

test('every key is read: none that the page names is refused', () => {
  const whole = readFileSync('test/golden/all-keys.yaml', 'utf8');
  const written = new Set([...whole.matchAll(/^[\s-]*([a-z_]+):/gm)].map((match) => match[1] ?? ''));
  for (const key of Object.values(KEYS).flat()) expect(written.has(key), key).toBe(true);
});

test('the examples of the format page load without notices', () => {
  const [template = '', ...others] = examples.toSorted(
    (left, right) => Number(right.includes('{{endpoint}}')) - Number(left.includes('{{endpoint}}')),
  );
  expect(others.length).toBeGreaterThanOrEqual(2);
  for (const example of others) expect(readScenarios(example, 'docs').notices).toEqual([]);
  expect(readTemplates([{ text: template, source: 'docs/half-a-second.yaml' }])).toMatchObject([
    { id: 'half-a-second', scope: 'edge' },
  ]);
});

test('the format page names every fault with each of its keys', () => {
  for (const { type, keys } of FAULTS) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\``)) ?? '';
    for (const key of Object.keys(keys)) expect(row, `${type}: ${key}`).toContain(`\`${key}\``);
  }
});

test('the format page names every shape', () => {
  const words = codeWords(sectionOf('Shapes and templates'));
  for (const { id } of SHAPES) expect(words.has(id), id).toBe(true);
});
