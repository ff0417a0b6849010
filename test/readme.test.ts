import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { updateTables } from '../scripts/readme-tables.ts';
import { repository } from './helpers/mcp-client.ts';

test('the tables of the README are those of the lists (npm run readme writes them)', () => {
  const text = readFileSync(`${repository}/README.md`, 'utf8');
  expect(updateTables(text)).toBe(text);
});
