import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyOf, QueryNarrower } from '../../src/rag/store/narrow-queries.ts';
import { rankPieces } from '../../src/rag/store/piece-reader.ts';
import { Database } from '../../src/rag/store/sqlite.ts';
import { makeSharedFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const LIMIT = 100;
let database: Database;

/** Functions whose bodies hold these words; `alpha` and `beta` are common, `gamma` and `delta` are rare. */
const PIECES: readonly (readonly [words: string, count: number])[] = [
  ['alpha', 9],
  ['beta', 8],
  ['alpha beta', 6],
  ['gamma', 1],
  ['gamma alpha', 2],
  ['gamma alpha beta', 1],
  ['delta gamma', 1],
  ['other', 12],
];

beforeAll(async () => {
  const [root, state] = [await makeSharedFolder(), await makeSharedFolder()];
  let count = 0;
  for (const [words, times] of PIECES) {
    for (let at = 0; at < times; at++) {
      const body = words.replaceAll(' ', '\n    ');
      await writeFile(join(root, `m${count++}.py`), `def f${count}():\n    ${body}\n`);
    }
  }
  const index = await indexFolder(root, state);
  index.close();
  database = new Database(join(state, 'generation.db'), { readOnly: true });
});
afterAll(() => database.close());

function rank(words: readonly string[], commonPieces: number): readonly number[] {
  const { queries } = new QueryNarrower(database, commonPieces).narrow(words.map((word) => `"${word}"`));
  return rankPieces(database, queries, LIMIT).map(({ id }) => id);
}

test.each([
  ['one rare word and two common ones', ['alpha', 'gamma', 'beta'], 11],
  ['two rare words and a common one', ['delta', 'alpha', 'gamma'], 5],
  ['common words only', ['alpha', 'beta'], 15],
])('the pieces that are scored stand as they do among all: %s', (_name, words, scored) => {
  const all = rankPieces(database, [anyOf(words)], LIMIT).map(({ id }) => id);
  const narrow = rank(words, 5);
  expect(narrow).toHaveLength(scored);
  expect(narrow).toEqual(all.slice(0, scored));
  expect(all.length).toBeGreaterThan(scored);
});

test('nothing is left out for words of which none is common, nor for one word alone', () => {
  expect(rank(['alpha', 'beta'], 1000)).toHaveLength(26);
  expect(rank(['alpha'], 5)).toHaveLength(18);
  expect(new QueryNarrower(database, 5).narrow(['"alpha"']).isPart).toBe(false);
});

test('a word that half of the pieces hold is not looked for beside others', () => {
  const { queries, isPart } = new QueryNarrower(database, 5).narrow(['"def"', '"gamma"']);
  expect({ queries, isPart }).toEqual({ queries: ['"gamma"'], isPart: true });
});
