import { expect, test } from 'vitest';
import { fuseRanks } from '../../src/rag/fuse.ts';

test('a score is the sum of 1 / (60 + rank) over the lists', () => {
  const fused = fuseRanks([
    ['a', 'b'],
    ['c', 'b'],
  ]);
  expect(fused).toEqual([
    { item: 'b', score: 2 / 62, ranks: [2, 2] },
    { item: 'a', score: 1 / 61, ranks: [1, null] },
    { item: 'c', score: 1 / 61, ranks: [null, 1] },
  ]);
});

test('an item that a list names twice counts once, by its better place', () => {
  expect(fuseRanks([['a', 'b', 'a']])[0]).toEqual({ item: 'a', score: 1 / 61, ranks: [1] });
});

test('lists of nothing give nothing', () => {
  expect(fuseRanks([[], []])).toEqual([]);
});
