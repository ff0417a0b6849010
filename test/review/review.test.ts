import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { AppError } from '../../src/errors.ts';
import type { ReviewRequest } from '../../src/review/review.ts';
import { reviewCode } from '../../src/review/review.ts';
import { memoryIndex } from './memory-index.ts';
import { sampleRun } from './sample-run.ts';

const deps = { clock: systemClock, signal: new AbortController().signal, isTrusted: () => true };
const base: ReviewRequest = {
  id: 'rev_test',
  index: null,
  run: null,
  operations: [],
  rules: [],
  role: 'developer',
  contextTexts: [],
};

const payments = readFileSync(
  new URL('../../examples/orders/src/payments-client.js', import.meta.url),
  'utf8',
);
const routes = [
  { endpoint: 'POST /orders', file: 'src/routes.js', line: 3, reaches: ['src/payments-client.js'] },
  { endpoint: 'GET /products', file: 'src/products.js', line: 3 },
];
const index = memoryIndex(
  { 'src/payments-client.js': payments, 'src/routes.js': '', 'test/x.js': 'fetch(u)' },
  { routes },
);
const hanging = sampleRun([
  { endpoint: 'POST /orders', fault: 'blackhole', dependency: {}, outcomes: { timeout: 3 }, verdict: 'fail' },
  { endpoint: 'GET /products', residualMs: 1 },
]);

describe('a review of code', () => {
  test('finds what was planted in the example, and nothing in its tests', async () => {
    const review = await reviewCode({ ...base, index }, deps);
    expect(review.findings.map((finding) => [finding.ruleId, finding.place.file])).toEqual([
      ['retry-without-bound', 'src/payments-client.js'],
      ['js-fetch-without-timeout', 'src/payments-client.js'],
      ['js-fetch-without-timeout', 'src/payments-client.js'],
      ['js-fetch-without-timeout', 'src/payments-client.js'],
    ]);
    expect(review.findings.every((finding) => finding.reachedFrom.includes('POST /orders'))).toBe(true);
  });

  test('gives the same ids again, also when lines above have moved', async () => {
    const idsOf = async (text: string) => {
      const moved = memoryIndex({ 'src/payments-client.js': text }, { routes });
      return (await reviewCode({ ...base, index: moved }, deps)).findings.map((finding) => finding.id);
    };
    expect(await idsOf(`// a line\n${payments}`)).toEqual(await idsOf(payments));
  });

  test('gives different ids to equal lines of one file', async () => {
    const twice = memoryIndex({ 'a.js': 'await fetch(url);\nawait fetch(url);\n' });
    const { findings } = await reviewCode({ ...base, index: twice }, deps);
    expect(new Set(findings.map((finding) => finding.id)).size).toBe(2);
  });

  test('lowers what no operation reaches, and tells it as a lead', async () => {
    const orphan = memoryIndex(
      { 'src/payments-client.js': payments, 'a.js': 'async function unused() { await fetch(url); }' },
      { routes },
    );
    const { findings, leads } = await reviewCode({ ...base, index: orphan }, deps);
    expect(leads.map(({ place, severity }) => [place.file, severity])).toEqual([['a.js', 'medium']]);
    expect(findings.filter(({ place }) => place.file === 'a.js')).toEqual([]);
  });

  test('does not lower what stands outside of every function', async () => {
    const made = "import axios from 'axios';\nexport const rates = axios.create({ baseURL });";
    const global = memoryIndex({ 'a.js': made }, { routes });
    const { findings } = await reviewCode({ ...base, index: global }, deps);
    expect(findings[0]?.severity).toBe('high');
  });

  test('suggests diffs that hold all fixes of a rule in a file', async () => {
    const { suggestions } = await reviewCode({ ...base, index }, deps);
    const fetches = suggestions.find((one) => one.ruleId === 'js-fetch-without-timeout');
    expect(fetches?.diffs).toHaveLength(1);
    expect(fetches?.diffs[0]?.diff.match(/^\+.*AbortSignal\.timeout/gm)).toHaveLength(3);
  });

  test('names the version of the library', async () => {
    const versioned = memoryIndex(
      { 'a.py': 'import requests\nrequests.get(u)\n' },
      { versions: { requests: '2.31.0' } },
    );
    const { findings } = await reviewCode({ ...base, index: versioned }, deps);
    expect(findings[0]?.message).toBe('`requests.get` has no time limit. (requests 2.31.0)');
  });

  test('is limited to operations and rules that are asked for', async () => {
    const some = await reviewCode({ ...base, index, operations: ['GET /products'] }, deps);
    expect(some.findings).toEqual([]);
    expect(some.notices[0]?.message).toBe('4 finding(s) that these operations do not reach are left out');
    const one = await reviewCode({ ...base, index, rules: ['retry-without-bound'] }, deps);
    expect(one.findings).toHaveLength(1);
  });
});

test('code whose calls cannot be followed is reached by name, and the review says so', async () => {
  const texts = {
    'src/routes.js': "router.post('/orders', (req, res) => payments.createCharge(req.body));",
    'src/payments-client.js': payments,
  };
  const deep = {
    ...memoryIndex(texts, { routes: [{ endpoint: 'POST /orders', file: 'src/routes.js', line: 1 }] }),
    findReachingRoutes: () => {
      throw new RangeError('Maximum call stack size exceeded');
    },
  };
  const { findings, notices } = await reviewCode(
    { ...base, index: deep, rules: ['retry-without-bound'] },
    deps,
  );
  expect(findings[0]?.reachedFrom).toEqual(['POST /orders']);
  expect(notices).toEqual([
    {
      where: 'src/payments-client.js:24',
      message: 'its callers could not be followed through calls, only by name',
    },
  ]);
});

describe('a review of code with a run', () => {
  test('gives findings the measurements of operations that reach them, and raises them', async () => {
    const { findings } = await reviewCode({ ...base, index, run: hanging }, deps);
    const fetches = findings.filter((finding) => finding.ruleId === 'js-fetch-without-timeout');
    expect(fetches.map((finding) => finding.severity)).toEqual(['critical', 'critical', 'critical']);
    expect(fetches[0]?.evidence).toEqual([
      {
        runId: 'run_sample',
        itemId: 'itm_1',
        symptom:
          "While payments was under blackhole, requests waited for the client's whole limit of 10,000 ms.",
        figures: '3 of 3 timed out, against 10.0 ms without the fault',
        confidence: 0.9,
      },
    ]);
  });

  test('does not accuse code that the failing operation does not reach', async () => {
    const elsewhere = memoryIndex(
      { 'src/products.js': 'await fetch(url);' },
      { routes: [{ endpoint: 'GET /products', file: 'src/products.js', line: 1 }] },
    );
    const { findings } = await reviewCode({ ...base, index: elsewhere, run: hanging }, deps);
    expect(findings[0]?.evidence).toEqual([]);
  });

  test('links only weakly when no route is known', async () => {
    const unrouted = memoryIndex({ 'a.js': 'await fetch(url);' });
    const { findings, notices } = await reviewCode({ ...base, index: unrouted, run: hanging }, deps);
    expect(findings[0]?.evidence[0]?.confidence).toBe(0.36);
    expect(findings[0]?.severity).toBe('high');
    expect(notices[0]?.message).toMatch(/no routes were found/);
  });

  test('accuses nobody for a slowdown at the edge', async () => {
    const edge = sampleRun([{ endpoint: 'POST /orders', residualMs: 2 }]);
    const review = await reviewCode({ ...base, index, run: edge }, deps);
    expect(review.findings.flatMap((finding) => finding.evidence)).toEqual([]);
    expect(review.symptoms.map((symptom) => symptom.kind)).toEqual(['edge_only']);
    expect(review.suggestions.every((one) => one.ruleId !== null)).toBe(true);
  });

  test('lists each operation once, with its verdicts and findings', async () => {
    const { endpoints } = await reviewCode({ ...base, index, run: hanging }, deps);
    expect(endpoints.map((one) => [one.endpoint, one.failed, one.passed, one.findingIds.length])).toEqual([
      ['POST /orders', 1, 0, 4],
      ['GET /products', 0, 1, 0],
    ]);
  });
});

test('a review of a run alone recommends patterns', async () => {
  const review = await reviewCode({ ...base, run: hanging }, deps);
  expect(review.findings).toEqual([]);
  expect(review.suggestions.map((one) => [one.ruleId, one.priority, one.diffs.length])).toEqual([
    [null, 'critical', 0],
  ]);
});

test('a review that is stopped ends between two files', async () => {
  const many = memoryIndex(
    Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}.js`, 'await fetch(url);'])),
  );
  const controller = new AbortController();
  const review = reviewCode({ ...base, index: many }, { ...deps, signal: controller.signal });
  setImmediate(() => controller.abort(new Error('stopped')));
  await expect(review).rejects.toThrow('stopped');
});

test('a review of nothing is refused', async () => {
  await expect(reviewCode(base, deps)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('an operation that neither code nor run knows is refused, one written out is taken for its route', async () => {
  const templated = memoryIndex(
    { 'a.js': 'await fetch(url);\n' },
    { routes: [{ endpoint: 'GET /prices/{id}', file: 'a.js', line: 1 }] },
  );
  const of = (operation: string) =>
    reviewCode({ ...base, index: templated, operations: [operation] }, deps).then(
      ({ scope, findings }) => [scope.operations[0], findings.length],
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
  expect(await of('get /prices/7')).toEqual(['GET /prices/{id}', 1]);
  expect(await of('GET /nothing')).toBe('BAD_INPUT');
  expect(await of('POST /prices/{id}')).toBe('BAD_INPUT');
});

test('an unknown operation id is refused', async () => {
  const request = { ...base, run: hanging, operations: ['noSuchOperation'] };
  await expect(reviewCode(request, deps)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('a path written out is joined to the route that answers it', async () => {
  const routes = [
    { endpoint: 'GET /prices/{id}', file: 'src/a.js', line: 1 },
    { endpoint: 'GET /prices/latest', file: 'src/b.js', line: 1 },
    { endpoint: 'GET /prices/{id}/history', file: 'src/c.js', line: 1 },
  ];
  const measured = sampleRun(
    [
      'GET /prices/1',
      'GET /prices/latest',
      'GET /prices/1/history?from=2',
      'GET /other/1',
      'POST /prices/1',
    ].map((endpoint) => ({ endpoint, fault: 'latency' })),
  );
  const index = memoryIndex({ 'src/a.js': '' }, { routes });
  const seen = await reviewCode({ ...base, index, run: measured }, deps);
  const withItems = seen.endpoints.filter((one) => one.passed + one.failed + one.inconclusive > 0);
  expect(withItems.map(({ endpoint, handler }) => [endpoint, handler?.file ?? null])).toEqual([
    ['GET /other/1', null],
    ['POST /prices/1', null],
    ['GET /prices/latest', 'src/b.js'],
    ['GET /prices/{id}', 'src/a.js'],
    ['GET /prices/{id}/history', 'src/c.js'],
  ]);
  expect(seen.notices.map(({ message }) => message)).toContain(
    'GET /prices/1 is taken for the route GET /prices/{id}',
  );
});
