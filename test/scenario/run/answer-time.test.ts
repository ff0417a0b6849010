import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { checkFit } from '../../../src/proxy/fit.ts';
import { createProxyHost } from '../../../src/proxy/host.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import { startTarget } from '../../helpers/http-target.ts';
import { type ItemParts, LOAD, makeItem, P95_UNDER_300 } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario } from '../target.ts';

const proxies = createProxyHost();
afterAll(() => proxies.close());

/** Runs one item against a service that answers with so many bytes. */
async function run(bytes: number, answerTimeMs: number, parts: ItemParts = {}) {
  const { url } = await startTarget((_request, response) => response.end('x'.repeat(bytes)));
  const faults = [readFault({ type: 'bandwidth', answer_time: answerTimeMs })];
  const item = makeItem({ url: `${url}/`, faults, timeoutMs: 10_000, expect: { statuses: [200] }, ...parts });
  const deps = makeDeps({ proxies });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result;
}

test.each([20, 200_000])(
  'an answer of %i bytes takes the time that is stated, by a rate of its own',
  async (bytes) => {
    const { verdict, observed, injected, fidelity } = await run(bytes, 400);
    expect(verdict.value).toBe('pass');
    expect(observed.maxMs).toBeGreaterThanOrEqual(395);
    // Double is room for a busy machine; without the fault it takes a few ms.
    expect(injected.maxMs).toBeLessThan(800);
    expect(fidelity).toMatchObject([
      { actedOn: 1, requested: 'a rate at which the answer of the pre-flight takes 400 ms (response flow)' },
    ]);
  },
);

test('an objective beneath that time is missed, put down to the fault', async () => {
  const slos = [{ ...P95_UNDER_300, kind: 'latency' as const, thresholdMs: 100 }];
  const strategy = { ...LOAD, durationMs: 4_000, clients: 1, requestsPerSecond: 5, baseline: false };
  const { verdict } = await run(50, 150, { strategy, slos });
  expect(verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
});

test('without a pre-flight call it is inconclusive, and says what to give', async () => {
  const { verdict, requests } = await run(20, 200, { context: { preflight: false } });
  expect(requests).toBe(0);
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [
      {
        message: 'answer_time takes its rate from the pre-flight call, and there was none',
        remedy: 'Add preflight: true, or give the bandwidth a rate.',
      },
    ],
  });
});

test('a bandwidth has a rate or an answer_time, and a proxy outside a run a rate', () => {
  expect(() => readFault({ type: 'bandwidth' })).toThrow('give rate or answer_time, one of them');
  expect(() => readFault({ type: 'bandwidth', rate: 1, answer_time: 1 })).toThrow('one of them');
  const upstream = { protocol: 'http', host: '127.0.0.1', port: 1 } as const;
  expect(() => checkFit([readFault({ type: 'bandwidth', answer_time: 1 })], upstream)).toThrow(AppError);
});
