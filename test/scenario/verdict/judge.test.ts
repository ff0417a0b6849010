import { expect, test } from 'vitest';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
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

const under300 = makeItem({ expect: { responseTimeUnderMs: 300 } });
const status200 = makeItem({ expect: { statuses: [200] } });
const load = makeItem({ strategy: LOAD, slos: [P95_UNDER_300, ERRORS_UNDER_1] });
const faultyLoad = makeItem({
  strategy: LOAD,
  slos: [P95_UNDER_300, ERRORS_UNDER_1],
  faults: [LATENCY_FAULT],
});
const injected500 = () => ({
  status: 500,
  exchange: exchange({ status: 500, outcome: 'injected', hits: [hit({ type: 'httperror', status: 500 })] }),
});

test('a connection refused in 1 ms does not meet response_time_under', () => {
  const { verdict } = judgeItem(evidence(under300, [sample({ outcome: 'refused', latencyMs: 1 })]));
  expect(verdict.value).toBe('fail');
  expect(verdict.reasons[0]!.message).toContain('connection refused after 1.0 ms');
});

test('an answer in time meets response_time_under, one at the limit does not', () => {
  expect(judgeItem(evidence(under300, [sample({ latencyMs: 299.9 })])).verdict.value).toBe('pass');
  expect(judgeItem(evidence(under300, [sample({ latencyMs: 300 })])).verdict.value).toBe('fail');
});

test('a call without an answer meets no status', () => {
  expect(judgeItem(evidence(status200, [sample({ outcome: 'timeout' })])).verdict.value).toBe('fail');
  expect(judgeItem(evidence(status200, [sample()])).verdict.value).toBe('pass');
});

test('every call of repeat must meet the expectation', () => {
  const calls = samples(5, (index) => ({ step: index, status: index === 3 ? 404 : 200 }));
  const { verdict } = judgeItem(evidence(status200, calls));
  expect(verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
  expect(verdict.reasons[0]!.message).toContain('1 of 5 calls');
});

test('a slow answer that the fault explains is put down to the fault', () => {
  const item = makeItem({ expect: { responseTimeUnderMs: 300 }, faults: [LATENCY_FAULT] });
  const explained = judgeItem(evidence(item, [sample({ latencyMs: 420, exchange: delayed(400) })]));
  expect(explained.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
  const own = judgeItem(evidence(item, [sample({ latencyMs: 820, exchange: delayed(400) })]));
  expect(own.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
});

test('a 500 of the application under load breaks the error SLO and is the target’s', () => {
  const result = judgeItem(
    evidence(
      load,
      samples(40, (index) => ({ status: index < 4 ? 500 : 200 })),
    ),
  );
  expect(result.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
  expect(result).toMatchObject({ failed: 4, failedByInjection: 0 });
});

test('a 500 that the proxy injected breaks the SLO too, but is told apart', () => {
  const item = makeItem({
    strategy: LOAD,
    slos: [ERRORS_UNDER_1],
    faults: [{ ...LATENCY_FAULT, type: 'httperror' }],
  });
  const result = judgeItem(
    evidence(
      item,
      samples(40, (index) => (index < 4 ? injected500() : {})),
    ),
  );
  expect(result.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
  expect(result).toMatchObject({ failed: 4, failedByInjection: 4 });
});

test('injected errors do not hide the target’s own', () => {
  const item = makeItem({
    strategy: LOAD,
    slos: [ERRORS_UNDER_1],
    faults: [{ ...LATENCY_FAULT, type: 'httperror' }],
  });
  const mixed = samples(40, (index) => (index < 4 ? injected500() : { status: index < 6 ? 503 : 200 }));
  const result = judgeItem(evidence(item, mixed));
  expect(result.verdict.reasons[0]).toMatchObject({ cause: 'target' });
  expect(result).toMatchObject({ failed: 6, failedByInjection: 4 });
});

test('how the target answers when its dependency fails is its own doing', () => {
  const broken = exchange({ outcome: 'injected', status: null, hits: [hit({ type: 'refuse' })] });
  const item = makeItem({ expect: { statuses: [200] }, faults: [{ ...LATENCY_FAULT, type: 'refuse' }] });
  const result = judgeItem(evidence(item, [sample({ status: 500, dependencyExchanges: [broken] })]));
  expect(result.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
});

test('a 200 all of whose dependency exchanges failed is a failure', () => {
  const broken = exchange({ outcome: 'upstream_refused', status: 502 });
  const hollow = judgeItem(
    evidence(
      load,
      samples(40, () => ({ dependencyExchanges: [broken] })),
    ),
  );
  expect(hollow).toMatchObject({ failed: 40, verdict: { value: 'fail' } });
});

test('a 200 whose retry reached the dependency is a success', () => {
  const tries = [exchange({ outcome: 'upstream_reset', status: 502 }), exchange()];
  expect(
    judgeItem(
      evidence(
        load,
        samples(40, () => ({ dependencyExchanges: tries })),
      ),
    ),
  ).toMatchObject({
    failed: 0,
    verdict: { value: 'pass' },
  });
});

test('a declared fault that never acted is inconclusive, never a pass', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [LATENCY_FAULT] });
  const { verdict } = judgeItem(evidence(item, [sample({ exchange: exchange() })]));
  expect(verdict.value).toBe('inconclusive');
  expect(verdict.reasons[0]!.message).toContain('never acted');
});

test('a chance fault that missed a single call asks for load', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [{ ...LATENCY_FAULT, probability: 0.05 }] });
  const { verdict } = judgeItem(evidence(item, [sample({ exchange: exchange() })]));
  expect(verdict.reasons[0]!.remedy).toContain('mode load');
});

test('a failing resolver that nothing asked says why', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [{ ...LATENCY_FAULT, type: 'dns' }] });
  const { fidelity, verdict } = judgeItem(evidence(item, [sample({ exchange: exchange() })]));
  expect(fidelity[0]!.injected).toContain('its connection was open already');
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: expect.stringContaining('no name had to be resolved') }],
  });
});

test('a bandwidth that slowed nothing says how large the largest answer was', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [{ ...LATENCY_FAULT, type: 'bandwidth' }] });
  const result = judgeItem(evidence(item, [sample({ exchange: exchange({ requestBytes: 20 }) })]));
  expect(result.fidelity[0]!.injected).toBe('nothing was slowed: largest message 27 B');
});

test('a target that fails while no fault acted is not called a resilience failure', () => {
  const item = makeItem({ expect: { statuses: [200] }, faults: [LATENCY_FAULT] });
  const { verdict } = judgeItem(evidence(item, [sample({ status: 500, exchange: exchange() })]));
  expect(verdict.value).toBe('inconclusive');
  expect(verdict.reasons).toHaveLength(2);
});

test('one fault of two that never acted leaves a failure standing but no pass', () => {
  const item = makeItem({
    expect: { statuses: [200] },
    faults: [LATENCY_FAULT, { ...LATENCY_FAULT, type: 'jitter' }],
  });
  const ok = judgeItem(evidence(item, [sample({ exchange: delayed(100) })]));
  expect(ok.verdict.value).toBe('inconclusive');
  const bad = judgeItem(evidence(item, [sample({ status: 500, exchange: delayed(100) })]));
  expect(bad.verdict.value).toBe('fail');
});

test('ten fast samples do not support a p95', () => {
  const result = judgeItem(evidence(load, samples(10)));
  expect(result.verdict).toMatchObject({ value: 'inconclusive' });
  expect(result.verdict.reasons[0]!.message).toBe('p95 needs 20 samples, there were 10');
  expect(result.slos[0]!.observed).toBe('–');
});

test('ten samples are enough where no further sample could change the answer', () => {
  const result = judgeItem(
    evidence(
      load,
      samples(10, (index) => ({ latencyMs: index < 3 ? 900 : 10 })),
    ),
  );
  expect(result.slos[0]).toMatchObject({ verdict: 'fail', observed: '–' });
});

test('twenty fast samples pass a p95', () => {
  expect(judgeItem(evidence(load, samples(20))).verdict.value).toBe('pass');
});

test('an unanswered request has infinite response time', () => {
  const result = judgeItem(
    evidence(
      load,
      samples(40, (index) => (index < 6 ? { outcome: 'timeout' } : {})),
    ),
  );
  expect(result.slos[0]).toMatchObject({ verdict: 'fail', observed: '∞' });
});

test('a blackholed edge explains the time-outs', () => {
  const held = exchange({
    outcome: 'client_gone',
    injectedMs: null,
    hits: [hit({ type: 'blackhole', delayMs: null })],
  });
  const measured = samples(40, (index) => (index < 6 ? { outcome: 'timeout', exchange: held } : {}));
  const result = judgeItem(evidence(faultyLoad, measured));
  expect(result.verdict.reasons.map((reason) => reason.cause)).toEqual(['injected', 'injected']);
  expect(result.slos[1]!.pattern).toBe('only requests that a fault acted on (6)');
});

test('a hang is not put down to a fault that only delayed it by 100 ms', () => {
  const hung = exchange({ outcome: 'client_gone', injectedMs: null, hits: [hit({ delayMs: 100 })] });
  const measured = samples(40, (index) => (index < 6 ? { outcome: 'timeout', exchange: hung } : {}));
  expect(judgeItem(evidence(faultyLoad, measured)).verdict.reasons[0]).toMatchObject({ cause: 'target' });
});

test('an empty measurement passes nothing', () => {
  expect(judgeItem(evidence(load, []))).toMatchObject({
    verdict: { value: 'inconclusive', reasons: [{ message: 'nothing was measured' }] },
    requests: 0,
  });
});

test('requests that a cancelled run gave up are not counted as failed', () => {
  const measured = samples(40, (index) => (index > 30 ? { outcome: 'aborted' } : {}));
  expect(judgeItem(evidence(load, measured))).toMatchObject({ requests: 31, failed: 0 });
});

test('a run that did not finish is inconclusive while the rest could change the verdict', () => {
  const { verdict } = judgeItem(evidence(load, samples(30), { plannedRequests: 40 }));
  expect(verdict.value).toBe('inconclusive');
  expect(verdict.reasons[0]!.message).toContain('only 30 of 40');
});

test('a run that did not finish fails where the rest could not change the verdict', () => {
  const measured = samples(30, (index) => ({ status: index < 10 ? 500 : 200 }));
  expect(judgeItem(evidence(load, measured, { plannedRequests: 40 })).verdict.value).toBe('fail');
});

test('an unfinished repeat of calls that met the expectation is inconclusive', () => {
  const obstacle = { message: 'the run was cancelled', cause: null, remedy: null };
  const { verdict } = judgeItem(evidence(status200, samples(3), { plannedRequests: 5, obstacle }));
  expect(verdict).toEqual({
    value: 'inconclusive',
    reasons: [{ ...obstacle, message: 'stopped after 3 of 5 requests: the run was cancelled' }],
  });
});

test('a p95 that only our own lateness breaks is inconclusive', () => {
  const late = samples(40, (index) => ({ sentMs: index * 100 + 250, latencyMs: 320 }));
  expect(judgeItem(evidence(load, late)).verdict).toMatchObject({ value: 'inconclusive' });
  const punctual = samples(40, () => ({ latencyMs: 320 }));
  expect(judgeItem(evidence(load, punctual)).verdict).toMatchObject({ value: 'fail' });
});

test('the expected status is reported as a share under load, not judged', () => {
  const item = makeItem({ strategy: LOAD, slos: [ERRORS_UNDER_1], expect: { statuses: [201] } });
  const result = judgeItem(evidence(item, samples(40)));
  expect(result.verdict.value).toBe('pass');
  expect(result.expectations).toEqual([{ expected: 'status 201', met: 0, calls: 40, judged: false }]);
});

test('SLOs of a single call are reported, and judged only where all_slo_are_valid stands', () => {
  const slow = [sample({ latencyMs: 900 })];
  const slos = [{ ...P95_UNDER_300, objectivePercent: 50 }];
  const reported = judgeItem(evidence(makeItem({ slos, expect: { statuses: [200] } }), slow));
  expect(reported).toMatchObject({ verdict: { value: 'pass' }, slos: [{ verdict: 'fail', judged: false }] });
  const judged = judgeItem(
    evidence(makeItem({ slos, expect: { statuses: [200], allSloAreValid: true } }), slow),
  );
  expect(judged.verdict.value).toBe('fail');
});

test('an item of which nothing is expected is inconclusive', () => {
  expect(judgeItem(evidence(makeItem(), [sample()])).verdict.reasons[0]!.message).toContain(
    'nothing is expected',
  );
});

test('an item that could not be run says why', () => {
  const obstacle = { message: 'answers 404 without any fault', cause: null, remedy: 'Fix the URL.' };
  expect(judgeItem(evidence(status200, [], { obstacle })).verdict).toEqual({
    value: 'inconclusive',
    reasons: [obstacle],
  });
});

test('an item slowed by exactly what was injected has no residual', () => {
  const baseline = samples(20, () => ({ phase: 'baseline', latencyMs: 10 }));
  const faulted = samples(40, () => ({ latencyMs: 110, exchange: delayed(100) }));
  const result = judgeItem(evidence(faultyLoad, [...baseline, ...faulted]));
  expect(result).toMatchObject({ residualP50Ms: 0, residualP95Ms: 0, amplification: 1 });
});

test('an application that waits three times for its slow dependency amplifies it by three', () => {
  const baseline = samples(20, () => ({ phase: 'baseline', latencyMs: 10 }));
  const faulted = samples(40, () => ({
    latencyMs: 310,
    dependencyExchanges: [delayed(100), delayed(100), delayed(100)],
  }));
  const result = judgeItem(evidence(faultyLoad, [...baseline, ...faulted]));
  expect(result.amplification).toBe(3);
  expect(result.residualP50Ms).toBe(200);
});
