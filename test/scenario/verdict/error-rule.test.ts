import { expect, test } from 'vitest';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { Slo } from '../../../src/types.ts';
import { ERRORS_UNDER_1, evidence, exchange, LOAD, makeItem, samples } from '../fixtures.ts';

const REFUSED = exchange({ proxy: 'db', outcome: 'upstream_refused', status: null });

/** A load of 40 requests of which every tenth is `odd`. */
function judgeLoad(slo: Slo, odd: Parameters<typeof samples>[1], context = {}) {
  const item = makeItem({ strategy: LOAD, slos: [slo], context });
  return judgeItem(
    evidence(
      item,
      samples(40, (index) => (index % 10 === 0 ? (odd?.(index) ?? {}) : {})),
    ),
  );
}

const errorsOf = (errorStatuses: readonly string[]): Slo => ({
  ...ERRORS_UNDER_1,
  kind: 'error',
  thresholdPercent: 1,
  errorStatuses,
});

test('a 429 is no error by itself, and one where error_statuses names it', () => {
  const limited = () => ({ status: 429 });
  expect(judgeLoad(ERRORS_UNDER_1, limited).verdict.value).toBe('pass');
  const { verdict, slos } = judgeLoad(errorsOf(['429']), limited);
  expect(verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
  expect(verdict.reasons[0]?.message).toBe('4 of 40 requests failed (10.0 %), the limit is below 1 %');
  expect(slos[0]?.objective).toBe('errors (429) < 1 %');
});

test('a class names all of its statuses', () => {
  expect(judgeLoad(errorsOf(['4XX']), () => ({ status: 404 })).verdict.value).toBe('fail');
  expect(judgeLoad(errorsOf(['4XX']), () => ({ status: 399 })).verdict.value).toBe('pass');
});

test('a 5xx that error_statuses leaves out is no error, a request without an answer always is', () => {
  expect(judgeLoad(errorsOf(['503']), () => ({ status: 501 })).verdict.value).toBe('pass');
  expect(judgeLoad(errorsOf(['503']), () => ({ outcome: 'refused' })).verdict.value).toBe('fail');
  expect(judgeLoad(errorsOf([]), () => ({ outcome: 'timeout' })).verdict.value).toBe('fail');
});

test('a hollow success breaks the error SLO, and does not where the operation is degradable', () => {
  const hollow = () => ({ dependencyExchanges: [REFUSED] });
  const strict = judgeLoad(ERRORS_UNDER_1, hollow);
  expect(strict).toMatchObject({
    verdict: { value: 'fail' },
    failed: 4,
    outcomes: { '200': 36, '200 hollow': 4 },
  });
  const degradable = judgeLoad(ERRORS_UNDER_1, hollow, { degradable: true });
  expect(degradable).toMatchObject({
    verdict: { value: 'pass' },
    failed: 0,
    outcomes: { '200': 36, '200 degraded': 4 },
  });
});

test('a degradable operation fails by a 5xx all the same', () => {
  const broken = () => ({ status: 500, dependencyExchanges: [REFUSED] });
  expect(judgeLoad(ERRORS_UNDER_1, broken, { degradable: true })).toMatchObject({
    verdict: { value: 'fail' },
    failed: 4,
  });
});
