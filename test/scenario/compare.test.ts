import { expect, test } from 'vitest';
import { compareItems, compareRuns } from '../../src/scenario/compare.ts';
import { judgeItem } from '../../src/scenario/verdict/judge.ts';
import type { ItemResult, RunResult, Sample } from '../../src/types-run.ts';
import { ERRORS_UNDER_1, evidence, LOAD, makeItem, P95_UNDER_300, samples } from './fixtures.ts';

const load = makeItem({ strategy: LOAD, slos: [P95_UNDER_300, ERRORS_UNDER_1] });

function item(
  count: number,
  make: (index: number) => Partial<Sample>,
  over: Partial<ItemResult> = {},
): ItemResult {
  return { ...judgeItem(evidence(load, samples(count, make))), ...over };
}

const FAILED = { value: 'fail', reasons: [] } as const;

function run(results: readonly ItemResult[]): RunResult {
  const head = { id: 'run_1', state: 'finished', startedAt: '', endedAt: null, seed: 1 } as const;
  return { run: { ...head, scenarios: [], items: [], notices: [] }, results };
}

/** 40 different times around `ms`. */
const around = (ms: number) => item(40, (index) => ({ latencyMs: ms + (index % 10) }));

test('fail to pass is fixed, pass to fail is regressed', () => {
  const failing = item(40, () => ({ status: 500 }));
  expect(compareItems(failing, around(50)).change).toBe('fixed');
  expect(compareItems(around(50), failing).change).toBe('regressed');
});

test('a faster item of the same verdict is improved when it is more than noise', () => {
  expect(compareItems(around(100), around(50))).toMatchObject({ change: 'improved' });
  expect(compareItems(around(50), around(100))).toMatchObject({ change: 'regressed' });
});

test('a little faster is unchanged, and called noise', () => {
  const change = compareItems(around(100), around(99));
  expect(change.change).toBe('unchanged');
  expect(change.why).toContain('no more than noise');
});

test('one failed request more in sixty is noise, thirty more are not', () => {
  const few = item(60, (index) => ({ status: index < 1 ? 500 : 200 }));
  const more = item(60, (index) => ({ status: index < 2 ? 500 : 200 }));
  const many = item(60, (index) => ({ status: index < 31 ? 500 : 200 }));
  expect(compareItems(few, more).change).toBe('unchanged');
  expect(compareItems(few, many).change).toBe('regressed');
});

test('requests that hung and now fail at once are improved, though both fail; the other way they regressed', () => {
  const of = (make: (index: number) => Partial<Sample>) => item(1, make, { verdict: FAILED });
  const hanging = of(() => ({ outcome: 'timeout', status: null, latencyMs: 10_000 }));
  const failing = of(() => ({ status: 500, latencyMs: 200 }));
  expect(compareItems(hanging, failing)).toMatchObject({
    change: 'improved',
    why: expect.stringContaining('no request was answered in time → all are'),
  });
  expect(compareItems(failing, hanging).change).toBe('regressed');
  expect(compareItems(hanging, hanging).change).toBe('unchanged');
});

test('where only some requests hang, their number is left to the test of the errors', () => {
  const some = (timeouts: number) =>
    item(4, (index) => (index < timeouts ? { outcome: 'timeout', status: null } : { status: 500 }), {
      verdict: FAILED,
    });
  expect(compareItems(some(4), some(1)).change).toBe('unchanged');
});

test('what became inconclusive is not called fixed', () => {
  const open = item(5, () => ({}));
  expect(open.verdict.value).toBe('inconclusive');
  expect(
    compareItems(
      item(40, () => ({ status: 500 })),
      open,
    ).change,
  ).toBe('unchanged');
});

test('two runs that differ by the drift of a machine are unchanged, however narrow their intervals', () => {
  expect(compareItems(around(22.6), around(22)).change).toBe('unchanged');
  expect(compareItems(around(200), around(205)).change).toBe('unchanged');
  expect(compareItems(around(200), around(230)).change).toBe('regressed');
});

test('a target that now fails even without a fault has regressed, one that was never measured has not', () => {
  const unrun = (cause: 'target' | null) => ({
    ...item(0, () => ({})),
    verdict: {
      value: 'inconclusive' as const,
      reasons: [{ message: 'answers 504 without any fault', cause, remedy: null }],
    },
  });
  expect(compareItems(around(50), unrun('target')).change).toBe('regressed');
  expect(compareItems(around(50), unrun(null)).change).toBe('unchanged');
  expect(compareItems(unrun('target'), unrun('target')).change).toBe('unchanged');
});

test('items alike in endpoint and title are matched by their place', () => {
  const before = run([around(50), item(40, () => ({ status: 500 }))]);
  const after = run([around(50), around(50)]);
  expect(compareRuns(before, after).map(({ change }) => change)).toEqual(['unchanged', 'fixed']);
});

test('items of one run only are listed as such', () => {
  const [gone, added] = [
    item(40, () => ({}), { endpoint: 'GET /a' }),
    item(40, () => ({}), { endpoint: 'GET /b' }),
  ];
  expect(
    compareRuns(run([gone]), run([added])).map(({ change, endpoint }) => `${endpoint} ${change}`),
  ).toEqual(['GET /a only_before', 'GET /b only_after']);
});
