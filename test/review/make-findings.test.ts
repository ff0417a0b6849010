import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewCode } from '../../src/review/review.ts';
import { memoryIndex } from './memory-index.ts';

const READS =
  'async function orders(id) {\n  const order = await findOrder(id);\n  const rates = await findRates(1);\n  return [order, rates];\n}\n';
const FETCH = 'async function unused() {\n  return await fetch(url);\n}\n';

async function orderOf(texts: Readonly<Record<string, string>>, reaches: readonly string[]) {
  const { findings } = await reviewOf(texts, reaches);
  return findings.map(({ place, severity }) => [place.file, severity]);
}

async function reviewOf(texts: Readonly<Record<string, string>>, reaches: readonly string[]) {
  const route = { endpoint: 'GET /orders/{id}', file: 'src/orders.js', line: 1, reaches };
  return reviewCode(
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

test('reads one after the other are no finding where no operation waits for them', async () => {
  const texts = { 'src/orders.js': READS, 'src/job.js': READS };
  expect(await orderOf(texts, [])).toEqual([['src/orders.js', 'low']]);
  expect(await orderOf(texts, ['src/job.js'])).toHaveLength(2);
});

describe('a wait in a task that has a time limit', () => {
  const call = (name: string) => `import requests\ndef ${name}():\n    requests.get(url)\n`;
  const files = { 'orders.py': call('orders'), 'tasks.py': call('run') };
  const reaches = ['orders.py'];

  test.each([
    ['app.conf.update(task_time_limit=1800)'],
    ['app.conf.task_soft_time_limit = LIMIT'],
    ['CELERY_TASK_TIME_LIMIT = 30 * 60'],
    ['conf = {"task_time_limit": 60}'],
  ])('is left out, and the review says so: %s', async (limit) => {
    const { findings, notices } = await reviewOf({ ...files, 'config.py': `${limit}\n` }, reaches);
    expect(findings.map(({ place }) => place.file)).toEqual(['orders.py']);
    expect(notices.find(({ where }) => where === 'tasks')?.message).toMatch(/^1 wait/);
  });

  test.each([['task_time_limit = None'], ['# no task_time_limit'], ['CELERY_TASK_TIME_LIMIT = 0']])(
    'is a finding without one: %s',
    async (none) => {
      const { findings, notices } = await reviewOf({ ...files, 'config.py': `${none}\n` }, reaches);
      expect(findings.map(({ place }) => place.file)).toEqual(['orders.py', 'tasks.py']);
      expect(notices).toEqual([]);
    },
  );
});
