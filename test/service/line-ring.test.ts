import { expect, test } from 'vitest';
import { findErrorLine, pickLastLines } from '../../src/service/last-lines.ts';
import { openLineRing } from '../../src/service/line-ring.ts';

const dump = (count: number) => Array.from({ length: count }, (_, index) => `  field: ${index}\n`).join('');

test('the line that names an error is kept before the dump that follows it, however long that is', () => {
  const ring = openLineRing(['s3cret']);
  ring.push(Buffer.from('starting\n'));
  ring.push(Buffer.from(`Error: connection of s3cret ended\n${dump(150)}`));
  ring.push(Buffer.from(dump(500)));
  const lines = ring.read();
  expect([lines.length, lines[0], lines[1]]).toEqual([201, 'Error: connection of *** ended', '  field: 300']);
  expect(pickLastLines(lines).slice(0, 2)).toEqual(['Error: connection of *** ended', '…']);
});

test('an error among the last lines stands for itself', () => {
  const ring = openLineRing([]);
  ring.push(Buffer.from(`Error: the first\n${dump(300)}TypeError: the second\n`));
  const lines = ring.read();
  expect(lines).toHaveLength(200);
  expect(lines).not.toContain('Error: the first');
});

test.each([
  'Error: read ECONNRESET',
  '<ref *1> Error: read ECONNRESET',
  'sqlalchemy.exc.OperationalError: (psycopg.OperationalError) connection failed',
  'panic: runtime error: invalid memory address',
])('%s names an error', (line) => {
  expect(findErrorLine(['starting', line, '    at a stack', '  error: undefined,'])).toBe(line);
});
