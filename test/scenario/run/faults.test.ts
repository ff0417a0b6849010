import { afterAll, afterEach, expect, test } from 'vitest';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { createProxyHost, emptyProgram } from '../../../src/proxy/host.ts';
import { originKey } from '../../../src/proxy/mapping.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import type { Fault } from '../../../src/types.ts';
import { ERRORS_UNDER_1, LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario, startTarget, type Target } from '../target.ts';

const proxies = createProxyHost();
const targets: Target[] = [];
afterEach(async () => {
  await Promise.all(targets.splice(0).map((target) => target.close()));
});
afterAll(() => proxies.close());

async function target(...args: Parameters<typeof startTarget>): Promise<Target> {
  const started = await startTarget(...args);
  targets.push(started);
  return started;
}

const fault = (raw: object): Fault => readFault(raw);
const SINGLE = { mode: 'single' } as const;
const SHORT_LOAD = { ...LOAD, durationMs: 1_000, clients: 4 };

test('a latency at the edge is felt, certified and not blamed on the target', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'latency', mean: 200, stddev: 0 })];
  const item = makeItem({ url: `${origin}/`, faults, expect: { statuses: [200], responseTimeUnderMs: 150 } });
  const deps = makeDeps({ proxies });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  expect(results[0]!.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
  expect(results[0]!.fidelity).toMatchObject([{ actedOn: 1, exchanges: 1 }]);
  expect(results[0]!.observed.maxMs).toBeGreaterThanOrEqual(200);
  expect(results[0]!.injected.p50Ms).toBeGreaterThanOrEqual(200);
  const faulted = deps.sink.samples.find(({ phase }) => phase === 'faulted');
  expect(faulted?.exchange?.hits).toMatchObject([{ type: 'latency', faultIndex: 0 }]);
  expect(proxies.list()).toEqual([]);
});

test('a fault that is limited to other requests is inconclusive, and says so', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'latency', mean: 20, only: { methods: ['POST'] } })];
  const item = makeItem({ url: `${origin}/`, faults, expect: { statuses: [200] } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.fidelity).toMatchObject([{ actedOn: 0, exchanges: 0 }]);
  expect(results[0]!.verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: /limited to other requests than those that passed \(1\)/ }],
  });
});

test('an item whose limited fault would act on raw TCP is not run, and says why', async () => {
  const { origin, port } = await target();
  const made = makeItem({
    url: `${origin}/`,
    upstreams: [`tcp://127.0.0.1:${port}`],
    faults: [fault({ type: 'latency', only: { path: '/x' } })],
  });
  const upstream = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  const proxy = { disableHttpProxies: true, mappings: [{ listenPort: 0, upstream }] };
  const item = { ...made, context: { ...made.context, proxy } };
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: expect.stringContaining('faults.0 (latency): "only" needs HTTP') }],
  });
  expect(results[0]!.requests).toBe(0);
  expect(proxies.list()).toEqual([]);
});

test('every request of a load joins its own exchange', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'httperror', status_code: 500, probability: 0.5 })];
  const item = makeItem({ url: `${origin}/`, faults, strategy: SHORT_LOAD, slos: [ERRORS_UNDER_1] });
  const deps = makeDeps({ proxies });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  const faulted = deps.sink.samples.filter(({ phase }) => phase === 'faulted');
  expect(faulted).toHaveLength(40);
  for (const sample of faulted) {
    expect(sample.exchange?.number).toBe(sample.sequence);
    expect(sample.exchange?.status).toBe(sample.status);
  }
  const [result] = results;
  expect(result!.failed).toBeGreaterThan(5);
  expect(result!.failedByInjection).toBe(result!.failed);
  expect(result!.fidelity[0]!.actedOn).toBe(result!.failed);
  expect(result!.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
});

test('the same seed injects into the same requests, another seed into others', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'httperror', status_code: 503, probability: 0.5 })];
  const strategy = { ...SHORT_LOAD, baseline: false };
  const item = makeItem({ url: `${origin}/`, faults, strategy });
  const statuses = async (seed: number) => {
    const deps = makeDeps({ proxies });
    await runScenarios(makeRequest([makeScenario([item])], { seed }), deps);
    return deps.sink.samples
      .filter(({ phase }) => phase === 'faulted')
      .toSorted((left, right) => left.sequence - right.sequence)
      .map(({ status }) => status);
  };
  const first = await statuses(7);
  expect(await statuses(7)).toEqual(first);
  expect(await statuses(8)).not.toEqual(first);
});

test('a black hole for part of a load is a time-out, injected, in its window only', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'blackhole', after: 'dead', period: 'start:40%,duration:20%' })];
  const item = makeItem({
    url: `${origin}/`,
    timeoutMs: 2_000,
    faults,
    strategy: SHORT_LOAD,
    slos: [ERRORS_UNDER_1],
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  const [result] = results;
  expect(result!.outcomes['200']).toBeGreaterThan(20);
  expect(result!.outcomes.timeout).toBeGreaterThanOrEqual(6);
  expect(result!.failedByInjection).toBe(result!.failed);
  expect(result!.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
});

test('a refused edge is a refused or reset request, joined by time and injected', async () => {
  const { origin } = await target();
  const item = makeItem({
    url: `${origin}/`,
    faults: [fault({ type: 'refuse' })],
    expect: { statuses: [200] },
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
});

test('a bandwidth that nothing had to wait for is inconclusive and names the largest message', async () => {
  const { origin } = await target();
  const item = makeItem({
    url: `${origin}/`,
    faults: [fault({ type: 'bandwidth', rate: 512, unit: 'KBps' })],
    expect: { statuses: [200] },
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict.value).toBe('inconclusive');
  expect(results[0]!.fidelity[0]!.injected).toContain('largest message');
});

test('repeat raises the latency step by step, after a baseline call without', async () => {
  const { origin } = await target();
  const item = makeItem({
    url: `${origin}/`,
    faults: [fault({ type: 'latency', mean: 300, stddev: 0 })],
    strategy: {
      mode: 'repeat',
      step: 300,
      stepField: 'mean',
      count: 3,
      waitMs: 0,
      failFast: false,
      addBaselineCall: true,
    },
    expect: { statuses: [200] },
  });
  const deps = makeDeps({ proxies });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  expect(results[0]!.verdict.value).toBe('pass');
  const injected = deps.sink.samples
    .filter(({ phase }) => phase === 'faulted')
    .map(({ exchange }) => exchange?.injectedMs ?? 0);
  expect(injected.map((ms) => Math.floor(ms / 300) * 300)).toEqual([300, 600, 900]);
  expect(deps.sink.samples.filter(({ phase }) => phase === 'baseline')[0]!.exchange!.hits).toEqual([]);
});

/** A service that asks its dependency `times` times, one after the other, and answers 200 whatever comes back. */
async function startShop(dependency: () => string, times: number, passOn: boolean) {
  return target(async (request, response) => {
    const { traceparent } = request.headers;
    for (let call = 0; call < times; call += 1) {
      await fetch(dependency(), passOn && typeof traceparent === 'string' ? { headers: { traceparent } } : {})
        .then((answer) => answer.text())
        .catch(() => undefined);
    }
    response.end('ok');
  });
}

test.each([
  ['by trace id', true, SHORT_LOAD, 'traceparent'],
  ['alone in flight', false, SINGLE, 'single-in-flight'],
] as const)(
  'a slow dependency behind an open proxy is joined %s and amplified by the calls that wait for it',
  async (_name, passOn, strategy, joinedBy) => {
    const payments = await target();
    const upstream = { protocol: 'http', host: '127.0.0.1', port: payments.port } as const;
    const proxy = await proxies.open({ name: 'payments', listenPort: 0, upstream }, emptyProgram());
    const shop = await startShop(() => `http://127.0.0.1:${proxy.port}/pay`, 2, passOn);
    const item = makeItem({
      url: `${shop.origin}/`,
      timeoutMs: 30_000,
      faults: [fault({ type: 'latency', mean: 500, stddev: 0 })],
      upstreams: [payments.origin],
      strategy,
      slos: [ERRORS_UNDER_1],
      expect: { statuses: [200] },
    });
    const openProxies = new Map([[originKey(upstream), proxy]]);
    const { results } = await runScenarios(
      makeRequest([makeScenario([item])]),
      makeDeps({ proxies, openProxies }),
    );
    const [result] = results;
    expect(result!.verdict.value).toBe('pass');
    expect(result!.dependencies).toMatchObject([{ proxy: 'payments', perRequest: 2, joinedBy }]);
    expect(result!.amplification).toBeGreaterThan(1.7);
    expect(result!.amplification).toBeLessThan(2.5);
    expect(result!.residualP50Ms).toBeGreaterThan(300);
    await (await fetch(`http://127.0.0.1:${proxy.port}/`)).text();
    expect((await proxy.takeExchanges()).exchanges.at(-1)!.hits).toEqual([]);
    await proxy.close();
  },
);

test('an answer of 200 while the dependency is down is a hollow success', async () => {
  const payments = await target();
  const upstream = { protocol: 'http', host: '127.0.0.1', port: payments.port } as const;
  const proxy = await proxies.open({ name: 'payments', listenPort: 0, upstream }, emptyProgram());
  const shop = await startShop(() => `http://127.0.0.1:${proxy.port}/pay`, 1, true);
  const item = makeItem({
    url: `${shop.origin}/`,
    faults: [fault({ type: 'httperror', status_code: 503 })],
    upstreams: [payments.origin],
    strategy: SHORT_LOAD,
    slos: [ERRORS_UNDER_1],
  });
  const openProxies = new Map([[originKey(upstream), proxy]]);
  const { results } = await runScenarios(
    makeRequest([makeScenario([item])]),
    makeDeps({ proxies, openProxies }),
  );
  expect(results[0]).toMatchObject({
    failed: 40,
    outcomes: { '200 hollow': 40 },
    verdict: { value: 'fail', reasons: [{ cause: 'target' }] },
  });
  await proxy.close();
});

test('a dependency is mapped for the item, and its port is free afterwards', async () => {
  const payments = await target();
  const free = await startTarget();
  await free.close();
  const shop = await startShop(() => `http://127.0.0.1:${free.port}/`, 1, false);
  const upstream = { protocol: 'http', host: '127.0.0.1', port: payments.port } as const;
  const item = makeItem({
    url: `${shop.origin}/`,
    faults: [fault({ type: 'latency', mean: 100, stddev: 0 })],
    upstreams: [payments.origin],
    expect: { statuses: [200] },
    context: { proxy: { disableHttpProxies: false, mappings: [{ listenPort: free.port, upstream }] } },
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]).toMatchObject({ verdict: { value: 'pass' }, fidelity: [{ actedOn: 1 }] });
  expect(results[0]!.dependencies.map((each) => each.proxy)).toEqual([`127.0.0.1:${payments.port}`]);
  await expect(fetch(`http://127.0.0.1:${free.port}/`)).rejects.toThrow();
});

test('a mapped port that is taken makes the item inconclusive and says what to free', async () => {
  const payments = await target();
  const taken = await target();
  const upstream = { protocol: 'http', host: '127.0.0.1', port: payments.port } as const;
  const item = makeItem({
    url: `${payments.origin}/`,
    faults: [fault({ type: 'latency', mean: 100 })],
    context: { proxy: { disableHttpProxies: false, mappings: [{ listenPort: taken.port, upstream }] } },
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict.value).toBe('inconclusive');
  expect(results[0]!.verdict.reasons[0]!.message).toContain(String(taken.port));
  expect(results[0]!.verdict.reasons[0]!.remedy).not.toBeNull();
});

test('an upstream that no proxy reaches is inconclusive and says how to reach it', async () => {
  const { origin, requests } = await target();
  const item = makeItem({
    url: `${origin}/`,
    faults: [fault({ type: 'latency' })],
    upstreams: ['psql://127.0.0.1:5432'],
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict.reasons[0]).toMatchObject({
    message: 'no proxy reaches the upstream psql://127.0.0.1:5432',
    remedy: expect.stringContaining('proxy_open'),
  });
  expect(requests).toHaveLength(0);
});

test('items side by side have the verdicts and faults of a serial run, in the order of the file', async () => {
  const { origin } = await target();
  const faults = [fault({ type: 'httperror', status_code: 500, probability: 0.3 })];
  const strategy = { ...SHORT_LOAD, baseline: false };
  const load = makeItem({ url: `${origin}/`, faults, strategy, slos: [ERRORS_UNDER_1] });
  const single = makeItem({ url: `${origin}/`, expect: { statuses: [200] } });
  const slow = makeItem({
    url: `${origin}/`,
    faults: [fault({ type: 'latency', mean: 300 })],
    expect: { statuses: [200], responseTimeUnderMs: 200 },
  });
  const scenarios = [makeScenario([single, load, slow]), makeScenario([load, single], {}, 'Again')];
  const run = async (parallel: number) => {
    const { results } = await runScenarios(makeRequest(scenarios, { parallel }), makeDeps({ proxies }));
    return results.map(({ itemId, verdict, outcomes }) => [itemId, verdict.value, outcomes]);
  };
  expect(await run(8)).toEqual(await run(1));
});
