import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFiles, NameTable } from '../../src/rag/names/name-table.ts';

const NAMES = ['a', 'b', 'c'];
/** The names that a file says, one after another. */
type Facts = readonly string[];

const list = (file: string, facts: Facts) => facts.map((name, index) => [name, { file, index }] as const);
const entriesOf = (table: NameTable<{ readonly file: string }>) => NAMES.map((name) => table.get(name));
const sorted = (files: ReadonlyMap<string, Facts>) =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

const paths = fc.integer({ min: 0, max: 60 }).map((n) => `f${n}`);
const facts = fc.array(fc.constantFrom(...NAMES), { maxLength: 4 });
const change = fc.record({ file: paths, facts: fc.option(facts) });

test('a table that is renewed from another says what one made anew says, and the other stays as it was', () => {
  let renewed = 0;
  const program = fc.property(
    fc.dictionary(paths, facts, { minKeys: 30, maxKeys: 60 }),
    fc.array(change, { maxLength: 4 }),
    (files, changes) => {
      const before = sorted(new Map(Object.entries(files)));
      const after = new Map(before);
      for (const { file, facts: fresh } of changes) {
        if (fresh === null) after.delete(file);
        else after.set(file, fresh);
      }
      const now = sorted(after);
      const old = NameTable.of(before, list);
      const was = structuredClone(entriesOf(old));
      const change = compareFiles(before, now);
      const table = change === null ? NameTable.of(now, list) : old.renew(change, list);
      expect(entriesOf(table)).toEqual(entriesOf(NameTable.of(now, list)));
      expect(entriesOf(old)).toEqual(was);
      // Entries of files that are the same are the very same.
      const kept = entriesOf(old).flat();
      if (
        entriesOf(table)
          .flat()
          .some((entry) => kept.includes(entry))
      )
        renewed++;
    },
  );
  fc.assert(program, { numRuns: 300 });
  expect(renewed).toBeGreaterThan(0);
});
