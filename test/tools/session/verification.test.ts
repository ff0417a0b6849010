import { expect, test } from 'vitest';
import {
  describeEndings,
  describeLeftOut,
  describeTests,
  renderVerification,
} from '../../../src/tools/session/verification.ts';
import type { Verification } from '../../../src/types-code.ts';
import type { ItemChange } from '../../../src/types-run.ts';
import { type SampleItem, sampleRun } from '../../review/sample-run.ts';

const change = (before: SampleItem, after: SampleItem, kind: ItemChange['change']): ItemChange => ({
  endpoint: after.endpoint,
  scenarioTitle: 'payments is silent',
  change: kind,
  before: sampleRun([before]).results[0] ?? null,
  after: sampleRun([after]).results[0] ?? null,
  why: '',
});

const verification = (changes: readonly ItemChange[]): Verification => ({
  id: 'ver_1',
  patchId: 'pat_1',
  beforeRunId: 'run_1',
  afterRunId: 'run_2',
  verdict: 'improved',
  reason: 'One got better.',
  changes,
});

const unsure: SampleItem = {
  endpoint: 'GET /health',
  verdict: 'inconclusive',
  message: 'a fault never acted',
};
const hanging: SampleItem = {
  endpoint: 'GET /orders',
  outcomes: { timeout: 2 },
  p50Ms: Number.POSITIVE_INFINITY,
  failed: 2,
  verdict: 'fail',
};
const late: SampleItem = {
  endpoint: 'GET /orders',
  outcomes: { '503': 2 },
  p50Ms: 4_000,
  failed: 2,
  verdict: 'fail',
};

test('items that say nothing before and after are told by their reason, apart from the table', () => {
  const lines = renderVerification(
    verification([change(unsure, unsure, 'unchanged'), change(hanging, late, 'improved')]),
  ).split('\n');
  expect(lines.filter((line) => line.startsWith('| GET'))).toEqual([
    '| GET /orders | payments is silent | improved | fail: 2× timeout → fail: 2× 503, p50 4,000 ms, max 4,000 ms |',
  ]);
  expect(lines.at(-1)).toBe('- a fault never acted: GET /health (payments is silent)');
});

test('an item that says nothing for another reason than before stays in the table', () => {
  const text = renderVerification(
    verification([change({ ...unsure, outcomes: {}, message: 'gives 500' }, unsure, 'unchanged')]),
  );
  expect(text).toContain('| GET /health |');
  expect(text).not.toContain('Inconclusive before and after');
});

test('endings of the service are told by when, where and how', () => {
  const found = describeEndings(verification([change(hanging, late, 'improved')]), {
    before: new Map([['itm_1', 'the service ended by itself with exit code 1; it was started again']]),
    after: new Map(),
  });
  expect(found).toEqual([
    'Before the patch, the service did not survive:\n- GET /orders (payments is silent): the service ended by itself with exit code 1; it was started again',
  ]);
});

test('what is not in the copy is named only where nothing could be judged', () => {
  const judged = verification([]);
  expect(describeLeftOut({ ...judged, verdict: 'inconclusive' }, ['.env'])).toMatch(
    /^Not in the scratch copy.*: \.env\. .*app\.env/,
  );
  expect(describeLeftOut({ ...judged, verdict: 'inconclusive' }, [])).toBeNull();
  expect(describeLeftOut(judged, ['.env'])).toBeNull();
});

test('the end of what the tests print is shown where they fail with the patch only', () => {
  const passed = { ok: true, code: 0, signal: null, timedOut: false, elapsedMs: 5, lastLines: ['12 passed'] };
  const failed = {
    ok: false,
    code: 1,
    signal: null,
    timedOut: false,
    elapsedMs: 5,
    lastLines: ['1 failed: test_price'],
  };
  expect(describeTests({ before: passed, after: failed })).toMatch(
    /^The project's own tests: pass before, fail after\.\n`{3,}[\s\S]*1 failed: test_price/,
  );
  expect(describeTests({ before: failed, after: failed })).not.toContain('test_price');
  expect(describeTests({ before: passed, after: passed })).not.toContain('passed');
});
