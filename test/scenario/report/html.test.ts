import { expect, test } from 'vitest';
import { drawSamples } from '../../../src/scenario/report/chart.ts';
import { drawErrors } from '../../../src/scenario/report/error-chart.ts';
import { renderRunHtml } from '../../../src/scenario/report/html.ts';
import { renderRunJunit } from '../../../src/scenario/report/junit.ts';
import { escapeXml } from '../../../src/scenario/report/xml.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { RunResult } from '../../../src/types-run.ts';
import {
  delayed,
  evidence,
  exchange,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  P95_UNDER_300,
  sample,
  samples,
} from '../fixtures.ts';

const item = makeItem({ strategy: LOAD, slos: [P95_UNDER_300], faults: [LATENCY_FAULT] });
const measured = samples(40, (index) => ({ latencyMs: 110 + index * 10, exchange: delayed(100) }));
const judged = judgeItem(evidence(item, measured));
const result: RunResult = {
  run: {
    id: 'run_0123456789abcdef',
    state: 'finished',
    startedAt: '2026-11-21T04:00:00.000Z',
    endedAt: '2026-11-21T04:01:01.400Z',
    seed: 7,
    scenarios: [],
    items: [{ id: 'item-1', scenarioTitle: 'Slow', endpoint: 'GET /orders', item }],
    notices: [],
  },
  results: [
    { ...judged, scenarioTitle: '<script>alert("1")</script>' },
    { ...judged, itemId: 'item-2', verdict: { value: 'pass', reasons: [] } },
    {
      ...judged,
      itemId: 'item-3',
      verdict: { value: 'inconclusive', reasons: [{ message: 'too few', cause: null, remedy: 'more' }] },
    },
  ],
};

test('the HTML report loads nothing and closes what it opens', () => {
  const html = renderRunHtml(result, measured);
  expect(html).not.toMatch(/<script|https?:\/\/(?!127)|<link|@import|url\(/);
  for (const tag of ['table', 'section', 'svg', 'figure', 'main']) {
    expect(html.split(`<${tag}`).length).toBe(html.split(`</${tag}>`).length);
  }
});

test('text from outside is escaped in the HTML report', () => {
  expect(renderRunHtml(result, measured)).toContain('&lt;script&gt;alert(&quot;1&quot;)');
});

test('every request is a point, and one without an answer a cross at the top', () => {
  const windows = [{ startMs: 100, endMs: 300, name: 'latency' }];
  const svg = drawSamples([...samples(9), sample({ outcome: 'timeout', dueMs: 500 })], {
    windows,
    durationMs: 1_000,
    limitsMs: [],
    rule: {},
  });
  expect(svg.match(/<circle/g)).toHaveLength(9);
  expect(svg.match(/<path class="failed"/g)).toHaveLength(1);
  expect(svg.match(/class="window"/g)).toHaveLength(1);
});

test('a success without its dependencies is drawn as failed, and not where the operation is degradable', () => {
  const hollow = samples(10, () => ({
    dependencyExchanges: [exchange({ proxy: 'db', outcome: 'upstream_refused', status: null })],
  }));
  const frame = { windows: [], durationMs: 1_000, limitsMs: [] };
  expect(drawSamples(hollow, { ...frame, rule: {} }).match(/<circle class="failed/g)).toHaveLength(10);
  expect(drawSamples(hollow, { ...frame, rule: { degradable: true } })).not.toContain('class="failed');
});

test('the error timeline tells failures where a fault acted from those by themselves, each in its time', () => {
  const measuredThere = samples(40, (index) => ({
    dueMs: index * 25,
    ...(index < 4 ? { status: 500 } : {}),
    ...(index >= 36 ? { status: 500, exchange: delayed(10) } : {}),
  }));
  const svg = drawErrors(measuredThere, { windows: [], durationMs: 1_000, limitsMs: [], rule: {} });
  const bars = [...svg.matchAll(/<rect class="([a-z ]+)" x="([\d.]+)"[^>]*><title>([^<]*)/g)];
  expect(bars).toHaveLength(10);
  expect(bars[0]!.slice(1)).toEqual(['failed', '58.5', '4 of 4 failed, a fault acted on 0 of these']);
  expect(bars.at(-1)![1]).toBe('failed hit');
  expect(bars.at(-1)![3]).toBe('4 of 4 failed, a fault acted on 4 of these');
  expect(bars.slice(1, -1).every((bar) => bar[1] === 'good')).toBe(true);
});

test('the limit of an SLO is a line where it is near the answers, and left out where it is far', () => {
  const chart = (limitMs: number) =>
    drawSamples(samples(9), { windows: [], durationMs: 1_000, limitsMs: [limitMs], rule: {} });
  expect(chart(25)).toContain('<title>limit 25 ms</title>');
  expect(chart(3_000)).not.toContain('class="limit"');
});

test('a chart of very many requests keeps every failed one', () => {
  const many = samples(20_000, (index) => ({ status: index % 1_000 === 1 ? 500 : 200 }));
  const svg = drawSamples(many, { windows: [], durationMs: 1_000, limitsMs: [], rule: {} });
  expect(svg.match(/<circle class="failed/g)).toHaveLength(20);
  expect(svg.match(/<circle/g)!.length).toBeLessThan(3_100);
});

test('JUnit counts failures and errors, and an inconclusive item is an error', () => {
  const xml = renderRunJunit(result);
  expect(xml).toContain(
    '<testsuites name="run_0123456789abcdef" tests="3" failures="1" errors="1" time="61.400">',
  );
  expect(xml).toContain('<failure type="target"');
  expect(xml).toContain('<error type="inconclusive" message="Too few. more">');
  expect(xml).not.toContain('<script>');
});

test('characters that XML has no place for are left out', () => {
  expect(escapeXml('a\u0000\u001b[31m<b> "c" \ud800\td')).toBe('a[31m&lt;b&gt; &quot;c&quot; \td');
});
