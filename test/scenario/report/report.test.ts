import { expect, test } from 'vitest';
import { fromFacts, toFacts } from '../../../src/scenario/report/facts.ts';
import { blameOf, headline } from '../../../src/scenario/report/headline.ts';
import { renderRunJson } from '../../../src/scenario/report/json.ts';
import { renderRunMarkdown } from '../../../src/scenario/report/markdown.ts';
import { renderRunSummary } from '../../../src/scenario/report/summary.ts';
import { alignedTable } from '../../../src/scenario/report/table.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { ItemResult, RunResult } from '../../../src/types-run.ts';
import {
  delayed,
  ERRORS_UNDER_1,
  evidence,
  exchange,
  hit,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  P95_UNDER_300,
  sample,
  samples,
} from '../fixtures.ts';

const slow = { ...LATENCY_FAULT, periods: [{ start: { percent: 10 }, duration: { percent: 15 } }] };
const load = makeItem({ strategy: LOAD, slos: [P95_UNDER_300, ERRORS_UNDER_1], faults: [slow] });
const baseline = samples(20, () => ({ phase: 'baseline', latencyMs: 10 }));
const judge = (item: Parameters<typeof evidence>[0], measured: Parameters<typeof evidence>[1]): ItemResult =>
  judgeItem(evidence(item, measured));

const held = judge(load, [...baseline, ...samples(40, () => ({ latencyMs: 110, exchange: delayed(100) }))]);
const injected = judge(load, [
  ...baseline,
  ...samples(40, () => ({ latencyMs: 410, exchange: delayed(400) })),
]);
const own = judge(load, [
  ...baseline,
  ...samples(40, (index) => ({
    latencyMs: 710,
    status: index % 2 === 0 ? 500 : 200,
    exchange: delayed(100),
  })),
]);
const idle = judge(makeItem({ faults: [slow], expect: { statuses: [200] } }), [
  sample({ exchange: exchange() }),
]);

function run(results: readonly ItemResult[]): RunResult {
  const named = results.map((result, index) => ({ ...result, itemId: `item-${index + 1}` }));
  return {
    run: {
      id: 'run_0123456789abcdef',
      state: 'finished',
      startedAt: '2026-11-21T04:00:00.000Z',
      endedAt: '2026-11-21T04:01:01.400Z',
      seed: 7,
      scenarios: [],
      items: named.map(({ itemId, scenarioTitle, endpoint }) => ({
        id: itemId,
        scenarioTitle,
        endpoint,
        item: load,
      })),
      notices: [{ where: 'shop.yaml', message: 'read in the older layout' }],
    },
    results: named,
  };
}

test('an item slowed by exactly what was injected is not blamed on the application', () => {
  expect(headline(held)).toBe(
    'Held: p95 110.0 ms, none of 40 requests failed. Slowed by exactly what was injected (100.0 ms at the median).',
  );
  expect(headline(injected)).toContain('nothing is said against the application');
  expect(blameOf(injected)).toBe('injected');
});

test('an application that is slower than what was injected is named, with how much', () => {
  expect(blameOf(own)).toBe('target');
  expect(headline(own)).toContain('Slowed by 600.0 ms more than was injected, 7.0 × what was injected');
});

test('an inconclusive item says what would settle it', () => {
  expect(headline(idle)).toMatch(/^A fault never acted .*\. Check upstreams, side, direction/);
});

test('the report names every item, both dashboards and the seed, and has no empty section', () => {
  const text = renderRunMarkdown(run([held, injected, own, idle]));
  for (const part of ['seed 7', 'took 61.4s', '| GET /orders |', '## Fidelity certificate', '### 4. ']) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('## Dependencies');
  expect(text).not.toMatch(/undefined|NaN|null/);
  expect(text).toContain('latency ·····███████·');
});

test('a report of a run without items is still a report', () => {
  expect(renderRunMarkdown(run([]))).toContain('0 items: 0 pass, 0 fail, 0 inconclusive');
});

test('the summary of a hundred failed items fits a model and says what is left out', () => {
  const text = renderRunSummary(run(Array.from({ length: 100 }, () => own)));
  expect(text.length).toBeLessThan(6_000);
  expect(text).toMatch(/… and \d+ more items/);
  expect(text.split('\n')[0]).toBe(
    'run_0123456789abcdef finished: 100 items: 0 pass, 100 fail (by the application itself), 0 inconclusive. Seed 7, 61.4s.',
  );
});

test('the summary tells the application’s failures from injected ones', () => {
  const text = renderRunSummary(run([held, injected, own, idle]));
  expect(text.indexOf('Failed by the application itself:')).toBeLessThan(
    text.indexOf('Failed, explained by'),
  );
  expect(text).toContain('Inconclusive:');
});

test('the summary tells each notice once and in short, and of many that there are more', () => {
  const { run: whole, results } = run([
    held,
    { ...own, notices: [{ where: 'auth', message: 'x'.repeat(900) }] },
  ]);
  const text = renderRunSummary({ run: whole, results });
  expect(text).toContain('\nNotices:\n- shop.yaml: read in the older layout\n- auth: xxx');
  expect(text.length).toBeLessThan(1_500);
  const notices = Array.from({ length: 20 }, (_, index) => ({ where: 'a.yaml', message: `notice ${index}` }));
  const many = renderRunSummary({ run: { ...whole, notices: [...notices, ...notices] }, results: [] });
  expect(many.match(/notice \d/g)).toHaveLength(6);
  expect(many).toContain('… and 14 more');
  // Nor do they crowd out the items, nor these the notices.
  const full = renderRunSummary(run(Array.from({ length: 100 }, () => own)));
  expect(full).toContain('- shop.yaml: read in the older layout');
});

test('a report on some of the items numbers them as the report on all does', () => {
  const { run: whole, results } = run([held, injected, own]);
  const text = renderRunMarkdown({ run: whole, results: results.slice(2) });
  expect(text).toContain('### 3. ');
  expect(text).toContain('- 3 · **fail**');
  expect(text).toMatch(/^\| +3 \| GET/m);
  expect(text).not.toMatch(/^(### 1|- 1 ·|\| +1 \| GET)/m);
});

test('facts are snake_case, hold infinity as text, and read back as they were', () => {
  const hung = exchange({ outcome: 'client_gone', hits: [hit({ type: 'blackhole', delayMs: null })] });
  const unanswered = judge(
    load,
    samples(40, (index) => (index < 6 ? { outcome: 'timeout', exchange: hung } : {})),
  );
  const facts = toFacts(unanswered);
  expect(JSON.stringify(facts)).toContain('"p95_ms":"Infinity"');
  expect(fromFacts(JSON.parse(JSON.stringify(facts)))).toEqual(unanswered);
});

test('facts leave the names that users chose as they are', () => {
  const value = { headers: { 'X-myHeader': 'a' }, params: { status_code: 503 }, endpointName: 'b' };
  expect(toFacts(value)).toEqual({
    headers: { 'X-myHeader': 'a' },
    params: { status_code: 503 },
    endpoint_name: 'b',
  });
  expect(fromFacts(toFacts(value))).toEqual(value);
});

test('the JSON report has a headline for each item and the counts', () => {
  const facts = JSON.parse(renderRunJson(run([held, own])));
  expect(facts).toMatchObject({
    id: 'run_0123456789abcdef',
    counts: { items: 2, pass: 1, fail: 1, fail_by_target: 1 },
    results: [{ item_id: 'item-1', headline: expect.stringContaining('Held') }, {}],
  });
});

test('a table lines up, sets figures to the right and leaves out empty columns', () => {
  expect(
    alignedTable(
      ['name', 'time', 'note'],
      [
        ['a|b', '1.5 ms', ''],
        ['c', '10.0 ms', ''],
      ],
    ),
  ).toBe(
    ['| name |    time |', '| ---- | ------: |', '| a\\|b |  1.5 ms |', '| c    | 10.0 ms |'].join('\n'),
  );
});
