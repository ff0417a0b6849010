import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../../../src/proxy/faults/index.ts';
import { readScenarios } from '../../../src/scenario/file/read.ts';

const page = readFileSync('docs/scenario-format.md', 'utf8');

test('the example of the format page loads without notices', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  expect(readScenarios(example, 'docs').notices).toEqual([]);
});

test('the format page names every fault with each of its keys', () => {
  for (const { type, keys } of FAULTS) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\``)) ?? '';
    for (const key of Object.keys(keys)) expect(row, `${type}: ${key}`).toContain(`\`${key}\``);
  }
});
