import { expect, test } from 'vitest';
import { nearest, nearestWord } from '../src/nearest.ts';

test.each([
  ['lantency', 'latency'],
  ['LATENCY', 'latency'],
  ['jiter', 'jitter'],
])('%s is a slip of %s', (word, meant) => {
  expect(nearestWord(word, ['blackhole', 'jitter', 'latency'])).toBe(meant);
  expect(nearest(word, ['blackhole', 'jitter', 'latency'])).toBe(meant);
});

test('a word that is near to nothing is no slip, and nearest still names one', () => {
  expect(nearestWord('temperature', ['blackhole', 'jitter'])).toBeNull();
  expect(nearest('temperature', ['blackhole', 'jitter'])).toBe('jitter');
});

test('without candidates there is none', () => {
  expect(nearestWord('x', [])).toBeNull();
  expect(nearest('x', [])).toBe('');
});
