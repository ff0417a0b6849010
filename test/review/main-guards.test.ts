import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { memoryIndex } from './memory-index.ts';

const ABOVE = 'import django\nfrom redis import Redis\n\nclass Totals:\n    pass\n\n';
const GUARD = 'if __name__ == "__main__":\n';
const MADE = '    totals = Totals(Redis(host="a"))\n';

async function countOf(text: string, importer: string): Promise<number> {
  const rules = pickRules(['python-redis-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const files = { 'shop/orders/totals.py': text, 'shop/views.py': `import django\n${importer}\n` };
  return (await reviewFiles(memoryIndex(files), rules, deps)).hits.length;
}

test.each([
  ['from shop.orders.totals import Totals'],
  ['from .orders.totals import Totals'],
  ['from .totals import Totals'],
  ['import shop.orders.totals'],
])('below the main guard of a module that others import, a person tries it out: %s', async (importer) => {
  expect(await countOf(ABOVE + GUARD + MADE, importer)).toBe(0);
});

test.each([
  ['nobody imports it', ABOVE + GUARD + MADE, 'from orders import totals_of'],
  ['another of its name is imported', ABOVE + GUARD + MADE, 'from scipy.totals import Totals'],
  [
    'it goes on',
    `${ABOVE}${GUARD}${MADE}    while True:\n        totals.add()\n`,
    'from .totals import Totals',
  ],
  ['it starts something', `${ABOVE}${GUARD}${MADE}    totals.run_forever()\n`, 'from .totals import Totals'],
  [
    'it stands beside the guard',
    `${ABOVE}totals = Redis()\n${GUARD}    pass\n`,
    'from .totals import Totals',
  ],
  ['it has another guard', `${ABOVE}if ready:\n${MADE}`, 'from .totals import Totals'],
])('what is made is kept for a service where %s', async (_where, text, importer) => {
  expect(await countOf(text, importer)).toBe(1);
});
