import { expect, test } from 'vitest';
import {
  drawConnections,
  drawFailures,
  drawLatency,
} from '../../../../src/scenario/drill/report/drill-chart.ts';
import { renderDrillHtml } from '../../../../src/scenario/drill/report/html.ts';
import { answer, buildDrill, buildRun, HANGS } from '../support/build-drill.ts';
import { hardenedRun, weakRun } from '../support/services.ts';

const DB = { name: 'db', upstream: 'psql://127.0.0.1:5432', broken: true, open: [5, 0] } as const;
const down = buildDrill({
  kind: 'database_down',
  broken: (since) => (since < 2_000 ? HANGS : answer(503, 'x', 5)),
  backAfterMs: 500,
  healthWhenBroken: 503,
  dependencies: [DB],
});
const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

test('the HTML report loads nothing and closes what it opens', () => {
  for (const html of [
    renderDrillHtml(weakRun()),
    renderDrillHtml(hardenedRun()),
    renderDrillHtml(buildRun([])),
  ]) {
    expect(html).not.toMatch(/<script|https?:\/\/(?!127)|<link|@import|url\(/);
    for (const tag of ['table', 'section', 'svg', 'figure', 'main', 'dl', 'ul', 'ol', 'div', 'code'])
      expect(count(html, new RegExp(`<${tag}[ >]`, 'g'))).toBe(count(html, new RegExp(`</${tag}>`, 'g')));
  }
});

test('it has a section with three charts for each drill, and a row that leads there', () => {
  const html = renderDrillHtml(weakRun());
  expect(count(html, /<section /g)).toBe(7);
  expect(count(html, /<svg /g)).toBe(21);
  expect(html).toContain('<a class="name" href="#slow_query">Slow Queries</a>');
});

test('text from outside is escaped', () => {
  const hostile = buildDrill({
    kind: 'database_down',
    broken: () => answer(500, '<script>alert(1)</script>', 5),
  });
  const html = renderDrillHtml(buildRun([{ ...hostile, broke: '<b onclick="x">' }]));
  expect(html).not.toMatch(/<script|<b onclick/);
  expect(html).toContain('&lt;script&gt;alert(1)');
});

test('p95 is a point for each window, a cross where nothing was answered, and recovery a line with its time', () => {
  const svg = drawLatency(down);
  const lost = down.timeline.filter(({ p95Ms }) => p95Ms === Number.POSITIVE_INFINITY).length;
  expect(lost).toBeGreaterThan(5);
  expect(count(svg, /<path /g)).toBe(lost);
  expect(count(svg, /<circle /g)).toBe(down.timeline.filter(({ p95Ms }) => p95Ms !== null).length - lost);
  expect(count(svg, /class="window"/g)).toBe(1);
  expect(svg).toMatch(/class="recovered".*recovered after 0\.51 s/);
  expect(svg).toContain('well up to 62 ms');
});

test('without recovery there is no line of it, and a crash is a moment rather than a time', () => {
  const gone = () => ({ outcome: 'refused', status: null, latencyMs: 1 }) as const;
  const svg = drawLatency(buildDrill({ kind: 'application_crash', broken: gone, backAfterMs: 30_000 }));
  expect(svg).not.toContain('class="recovered"');
  expect(svg).not.toContain('class="window"');
});

test('failed requests are bars, and each look at the health endpoint a state below', () => {
  const svg = drawFailures(down);
  expect(count(svg, /class="failed"/g)).toBe(down.timeline.filter(({ failed }) => failed > 0).length);
  expect(count(svg, /class="down"/g)).toBe(down.health.filter(({ status }) => status === 503).length);
  expect(count(svg, /class="up"/g)).toBe(down.health.filter(({ status }) => status === 200).length);
});

test('connections are a line for each dependency beside that of waiting requests', () => {
  expect(count(drawConnections(down), /<polyline /g)).toBe(2);
  expect(count(drawConnections({ ...down, dependencies: [] }), /<polyline /g)).toBe(1);
});

test('long drills are drawn with no more than 150 points, and keep the highest p95', () => {
  const timeline = Array.from({ length: 4_000 }, (_window, index) => ({
    startMs: index * 250,
    requests: 5,
    failed: 0,
    p95Ms: index === 1_234 ? 900 : 10,
    inFlight: 1,
  }));
  const svg = drawLatency({ ...down, timeline, endMs: 1_000_000 });
  expect(count(svg, /<circle /g)).toBeLessThanOrEqual(150);
  expect(svg).toContain('p95 900.0 ms');
});
