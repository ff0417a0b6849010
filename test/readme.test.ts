import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENTS, updateParts } from '../scripts/generated-tables.ts';
import { repository } from './helpers/mcp-client.ts';

test.each(Object.entries(DOCUMENTS))(
  'the tables of %s are those of the lists (npm run readme writes them)',
  (name, parts) => {
    const text = readFileSync(`${repository}/${name}`, 'utf8');
    expect(updateParts(text, parts)).toBe(text);
  },
);

test('a document that lost the mark of a table is refused', () => {
  expect(() => updateParts('# No table', ['faults'])).toThrow('no mark faults');
});
