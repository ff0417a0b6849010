import { expect, test } from 'vitest';
import {
  judgeVerification,
  markBroken,
  markEnded,
  markHollow,
  verifyPatch,
} from '../../src/review/verify.ts';
import type { ItemChange } from '../../src/types-run.ts';
import { type SampleItem, sampleRun } from './sample-run.ts';

const hanging = {
  endpoint: 'POST /orders',
  outcomes: { timeout: 3 },
  p50Ms: Infinity,
  verdict: 'fail' as const,
};
const quick = { endpoint: 'POST /orders', outcomes: { '503': 3 }, p50Ms: 2_010 };

function change(kind: ItemChange['change'], over: Partial<ItemChange> = {}): ItemChange {
  return {
    endpoint: 'POST /orders',
    scenarioTitle: 'payments is silent',
    change: kind,
    before: sampleRun([hanging]).results[0] ?? null,
    after: sampleRun([quick]).results[0] ?? null,
    why: '',
    ...over,
  };
}
const failing = { after: sampleRun([hanging]).results[0] ?? null };

test('an item that failed and passes now is fixed, with the figures', () => {
  expect(judgeVerification([change('fixed'), change('unchanged')])).toEqual({
    verdict: 'fixed',
    reason:
      '1 item failed before and passes now: POST /orders (payments is silent): 3 × timeout before, 3 × 503, p50 2,010 ms after.',
  });
});

test('one regression spoils any number of fixes', () => {
  expect(judgeVerification([change('fixed'), change('fixed'), change('regressed')]).verdict).toBe(
    'regressed',
  );
});

test('an item that only got better is improved, not fixed', () => {
  expect(judgeVerification([change('improved'), change('unchanged')]).verdict).toBe('improved');
});

test('what got better and still fails is counted among what still fails', () => {
  const { reason } = judgeVerification([change('improved', failing), change('unchanged', failing)]);
  expect(reason).toMatch(/^1 item got better, though none from failing to passing: .* 2 items still fail\.$/);
});

test('no change is unchanged, and what still fails is counted', () => {
  expect(judgeVerification([change('unchanged', failing)])).toEqual({
    verdict: 'unchanged',
    reason: 'Nothing changed beyond noise in 1 item. 1 item still fails.',
  });
});

const hollow: SampleItem = {
  endpoint: 'POST /orders',
  fault: 'blackhole',
  outcomes: { '201': 3 },
  dependency: { exchanges: 3, hits: 3 },
};

const none = new Set<string>();
const judgeHollow = (over: Partial<SampleItem>, degradable = none) => {
  const after = sampleRun([{ ...hollow, ...over }]).results[0] ?? null;
  return judgeVerification(markHollow([change('fixed', { after })], degradable));
};

test('a success without the dependency is a regression, however good it looks', () => {
  const { verdict, reason } = judgeHollow({});
  expect(verdict).toBe('regressed');
  expect(reason).toMatch(
    /^1 item reports success although the dependency never answered: POST \/orders.*degradable: true/,
  );
  expect(judgeHollow({ endpoint: 'GET /orders', outcomes: { '200': 3 } }).verdict).toBe('regressed');
});

test('a success without the dependency is none where the scenario says that this is promised', () => {
  expect(judgeHollow({}, new Set(['itm_1'])).verdict).toBe('fixed');
});

test('what the run calls hollow is one, whatever the fault was', () => {
  expect(judgeHollow({ fault: 'latency', outcomes: { '201 hollow': 3 } }).verdict).toBe('regressed');
  expect(judgeHollow({ fault: 'latency', outcomes: { '201 degraded': 3 } }).verdict).toBe('fixed');
});

test('a success because some calls came through is no regression', () => {
  expect(judgeHollow({ dependency: { exchanges: 3, hits: 2 } }).verdict).toBe('fixed');
});

test('what got worse and what is hollow are both told', () => {
  const after = sampleRun([hollow]).results[0] ?? null;
  const { reason } = judgeVerification(markHollow([change('regressed'), change('fixed', { after })], none));
  expect(reason).toMatch(/^1 item got worse: .* 1 item reports success although/);
});

const ended = new Map([['itm_1', 'the service ended by itself']]);
const never = new Map<string, string>();

test('an item that ends the service only with the patch is a regression', () => {
  const judged = judgeVerification(markEnded([change('fixed')], never, ended));
  expect(judged.verdict).toBe('regressed');
  expect(judged.reason).toMatch(/^1 item ends the service: POST \/orders/);
});

test('an item that no longer ends the service is better, and a fixed one stays fixed', () => {
  const kinds = (kind: ItemChange['change'], over: Partial<ItemChange> = {}) =>
    markEnded([change(kind, over)], ended, never).map((one) => one.change);
  expect(kinds('unchanged', failing)).toEqual(['improved']);
  expect(kinds('fixed')).toEqual(['fixed']);
  expect(kinds('regressed')).toEqual(['regressed']);
});

test('an item that ends the service before and after is judged by its figures', () => {
  expect(markEnded([change('unchanged')], ended, ended)).toEqual([change('unchanged')]);
});

test('what fails without any fault, and did not before, is a regression, whatever it shows under faults', () => {
  const calm = (sent: number, failed: number) => new Map([['itm_1', { sent, failed }]]);
  const judge = (...[before, after]: readonly [number, number][]) =>
    judgeVerification(markBroken([change('fixed')], calm(...before!), calm(...after!)));
  expect(judge([1, 0], [1, 1])).toMatchObject({
    verdict: 'regressed',
    reason: expect.stringMatching(/^1 item fails without any fault: POST \/orders/),
  });
  // One of many is no more than chance, and what failed before is nothing new.
  expect(judge([80, 0], [80, 1]).verdict).toBe('fixed');
  expect(judge([1, 1], [1, 1]).verdict).toBe('fixed');
  expect(judge([0, 0], [1, 1]).verdict).toBe('fixed');
});

test('where nothing after the patch can be judged, the first reason and its remedy are told', () => {
  const after = sampleRun([
    { endpoint: 'GET /a', outcomes: {}, verdict: 'inconclusive', message: 'answers 500' },
  ]);
  expect(judgeVerification([change('unchanged', { after: after.results[0] ?? null })])).toEqual({
    verdict: 'inconclusive',
    reason: 'Every item after the patch is inconclusive: answers 500. Run the scenarios again.',
  });
});

test('no common item is inconclusive', () => {
  expect(judgeVerification([]).verdict).toBe('inconclusive');
  expect(judgeVerification([change('only_after', { before: null })]).verdict).toBe('inconclusive');
});

test('an item that could not be measured after the patch is no success', () => {
  expect(judgeVerification([change('fixed'), change('only_before', { after: null })]).verdict).toBe(
    'inconclusive',
  );
});

const PATCH = {
  id: 'pat_1',
  title: '',
  files: [],
  diff: '',
  sha256: '',
  checks: [],
  findingIds: [],
  createdAt: '',
};

test('a run that was cut short proves nothing, whatever it shows', async () => {
  const trial = (state: 'finished' | 'cancelled') => async () => {
    const { run, results } = sampleRun([quick]);
    return { run: { run: { ...run, state }, results }, endings: never, calm: new Map() };
  };
  const verdictOf = async (before: 'finished' | 'cancelled', after: 'finished' | 'cancelled') => {
    const deps = { runBefore: trial(before), runAfter: trial(after), compare: () => [change('fixed')] };
    return (await verifyPatch(PATCH, { id: 'ver_1' }, deps)).verdict;
  };
  expect(await verdictOf('finished', 'finished')).toBe('fixed');
  expect(await verdictOf('finished', 'cancelled')).toBe('inconclusive');
  expect(await verdictOf('cancelled', 'finished')).toBe('inconclusive');
});

test('a verification names its patch and both runs', async () => {
  const order: string[] = [];
  const verification = await verifyPatch(
    PATCH,
    { id: 'ver_1' },
    {
      runBefore: async () => {
        order.push('before');
        return { run: sampleRun([hanging], 'run_before'), endings: new Map(), calm: new Map() };
      },
      runAfter: async () => {
        order.push('after');
        return { run: sampleRun([quick], 'run_after'), endings: new Map(), calm: new Map() };
      },
      compare: () => [change('fixed')],
    },
  );
  expect(order).toEqual(['before', 'after']);
  expect(verification).toMatchObject({
    id: 'ver_1',
    patchId: 'pat_1',
    beforeRunId: 'run_before',
    afterRunId: 'run_after',
    verdict: 'fixed',
  });
});
