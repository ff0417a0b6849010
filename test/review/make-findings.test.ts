import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewCode } from '../../src/review/review.ts';
import { memoryIndex } from './memory-index.ts';

const READS =
  'async function orders(id) {\n  const order = await findOrder(id);\n  const rates = await findRates(1);\n  return [order, rates];\n}\n';
const FETCH = 'async function unused() {\n  return await fetch(url);\n}\n';

async function orderOf(texts: Readonly<Record<string, string>>, reaches: readonly string[]) {
  const route = { endpoint: 'GET /orders/{id}', file: 'src/orders.js', line: 1, reaches };
  const { findings } = await reviewCode(
    {
      id: 'rev_test',
      index: memoryIndex(texts, { routes: [route] }),
      run: null,
      operations: [],
      rules: [],
      role: 'developer',
      contextTexts: [],
    },
    { clock: systemClock, signal: new AbortController().signal },
  );
  return findings.map(({ place, severity }) => [place.file, severity]);
}

test('what an operation reaches comes before what none reaches, even if it is lighter', async () => {
  const texts = { 'src/orders.js': READS, 'src/unused.js': FETCH };
  expect(await orderOf(texts, ['src/orders.js'])).toEqual([
    ['src/orders.js', 'low'],
    ['src/unused.js', 'medium'],
  ]);
});

test('what runs when the process starts is no such thing: it keeps its weight', async () => {
  const texts = { 'src/orders.js': READS, 'src/start.js': 'export const rates = await fetch(url);\n' };
  expect(await orderOf(texts, ['src/orders.js'])).toEqual([
    ['src/start.js', 'high'],
    ['src/orders.js', 'low'],
  ]);
});
