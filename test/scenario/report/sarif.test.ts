import { expect, test } from 'vitest';
import { placeItems } from '../../../src/scenario/file/places.ts';
import { renderRunSarif } from '../../../src/scenario/report/sarif.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { ItemResult } from '../../../src/types-run.ts';
import { listSarifProblems } from '../../helpers/sarif-schema.ts';
import { ERRORS_UNDER_1, evidence, LOAD, makeItem, sample, samples } from '../fixtures.ts';

const item = makeItem({ expect: { statuses: [200] } });
const load = makeItem({ strategy: LOAD, slos: [ERRORS_UNDER_1] });
const judge = (over: Partial<ItemResult>, status: number): ItemResult => ({
  ...judgeItem(evidence(item, [sample({ status })])),
  ...over,
});
const pass = judge({ itemId: 'item-1' }, 200);
const own = judge({ itemId: 'item-2' }, 500);
const missed: ItemResult = {
  ...judgeItem(
    evidence(
      load,
      samples(40, () => ({ status: 500 })),
    ),
  ),
  itemId: 'item-3',
};
const byFault: ItemResult = {
  ...own,
  itemId: 'item-4',
  verdict: { value: 'fail', reasons: [{ message: 'refused', cause: 'injected', remedy: null }] },
};

function renderLog(results: readonly ItemResult[], places: Parameters<typeof renderRunSarif>[1] = new Map()) {
  const run = {
    id: 'run_0123456789abcdef',
    state: 'finished' as const,
    startedAt: '2026-11-21T04:00:00.000Z',
    endedAt: '2026-11-21T04:01:00.000Z',
    seed: 7,
    scenarios: [],
    items: [],
    notices: [],
  };
  return JSON.parse(renderRunSarif({ run, results }, places));
}

const render = (...args: Parameters<typeof renderLog>) => renderLog(...args).runs[0];

test('a failed item is a result whose rule is what was expected; one that passed is none', () => {
  const { tool, results } = render([pass, own, missed]);
  const ids = tool.driver.rules.map(({ id }: { readonly id: string }) => id);
  expect(ids).toEqual(['expect/status-200', 'slo/p99-1-errors']);
  expect(results).toMatchObject([
    { ruleId: 'expect/status-200', ruleIndex: 0, level: 'error', properties: { itemId: 'item-2' } },
    { ruleId: 'slo/p99-1-errors', ruleIndex: 1, properties: { itemId: 'item-3' } },
  ]);
  expect(results[0].message.text).toContain('Expected status 200, got 500');
});

test('what the fault itself explains is a note', () => {
  expect(render([byFault]).results[0].level).toBe('note');
});

test('a result stands at its item in the scenario file', () => {
  const places = new Map([['item-2', { file: 'my tests/a.yaml', line: 12 }]]);
  const [first, second] = render([own, missed], places).results;
  expect(first.locations).toEqual([
    {
      physicalLocation: { artifactLocation: { uri: 'my%20tests/a.yaml' }, region: { startLine: 12 } },
    },
  ]);
  expect(second.locations).toEqual([]);
});

test('items are placed in the order in which runs number them, over all documents of a file', () => {
  const text = `title: One
items:
- call: { url: http://127.0.0.1/a }
- call: { url: http://127.0.0.1/b }
---
title: Two
scenarios:
  - call: { url: http://127.0.0.1/c }
`;
  expect(placeItems(text, 'a.yaml')).toEqual([
    { title: 'One', line: 3 },
    { title: 'One', line: 4 },
    { title: 'Two', line: 8 },
  ]);
});

test('a run fits the JSON Schema of SARIF 2.1.0, with and without failures, placed or not', () => {
  const places = new Map([['item-2', { file: 'my tests/a.yaml', line: 12 }]]);
  expect(listSarifProblems(renderLog([pass, own, missed, byFault], places))).toEqual([]);
  expect(listSarifProblems(renderLog([pass]))).toEqual([]);
});
