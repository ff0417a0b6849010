import { afterAll, afterEach, expect, test } from 'vitest';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { createProxyHost, emptyProgram } from '../../../src/proxy/host.ts';
import { originKey } from '../../../src/proxy/mapping.ts';
import { renderRunSummary } from '../../../src/scenario/report/summary.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import { ERRORS_UNDER_1, LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario, startTarget, type Target } from '../target.ts';

const proxies = createProxyHost();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => proxies.close());

async function target(...args: Parameters<typeof startTarget>): Promise<Target> {
  const started = await startTarget(...args);
  closing.push(started.close);
  return started;
}

/** A shop that asks payments, through an open proxy, for every request; it counts those in flight by path. */
async function openShop({ paymentsStatus = 200, passOn = true } = {}) {
  const payments = await target((_request, response) => response.writeHead(paymentsStatus).end());
  const upstream = { protocol: 'http', host: '127.0.0.1', port: payments.port } as const;
  const proxy = await proxies.open({ name: 'payments', listenPort: 0, upstream }, emptyProgram());
  closing.push(() => proxy.close());
  const inFlight: string[] = [];
  const seen: string[] = [];
  const shop = await target(async (request, response) => {
    inFlight.push(request.url ?? '');
    seen.push([...inFlight].sort().join(' '));
    const { traceparent } = request.headers;
    const headers = passOn && typeof traceparent === 'string' ? { headers: { traceparent } } : {};
    await fetch(`http://127.0.0.1:${proxy.port}/pay`, headers).then((answer) => answer.text());
    await new Promise((resolve) => setTimeout(resolve, 200));
    inFlight.splice(inFlight.indexOf(request.url ?? ''), 1);
    response.end('ok');
  });
  return { shop, payments, openProxies: new Map([[originKey(upstream), proxy]]), seen };
}

const strategy = { ...LOAD, durationMs: 1_000, clients: 1, baseline: false };
const edge = (url: string, mean: number) =>
  makeItem({
    url,
    timeoutMs: 5_000,
    faults: [readFault({ type: 'latency', mean, stddev: 0 })],
    strategy,
    slos: [ERRORS_UNDER_1],
  });

test('with a named proxy open, edge items overlap, the one behind the service does not, and verdicts are the serial ones', async () => {
  const { shop, payments, openProxies, seen } = await openShop();
  const behind = makeItem({
    url: `${shop.origin}/behind`,
    faults: [readFault({ type: 'httperror', status_code: 503 })],
    upstreams: [payments.origin],
    strategy,
    slos: [ERRORS_UNDER_1],
  });
  const items = [edge(`${shop.origin}/a`, 50), behind, edge(`${shop.origin}/b`, 50)];
  const run = async (parallel: number) => {
    seen.splice(0);
    const request = makeRequest([makeScenario(items)], { parallel });
    const result = await runScenarios(request, makeDeps({ proxies, openProxies }));
    return {
      result,
      seen: [...seen],
      judged: result.results.map(({ verdict, outcomes, dependencies }) => ({
        verdict: verdict.value,
        outcomes,
        dependencies,
      })),
    };
  };
  const [beside, serial] = [await run(8), await run(1)];
  expect(beside.seen.some((names) => names.includes('/a') && names.includes('/b'))).toBe(true);
  expect(beside.seen.some((names) => names.includes('/behind') && /\/[ab]\b/.test(names))).toBe(false);
  expect(beside.judged).toEqual(serial.judged);
  expect(serial.judged.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass']);
  expect(serial.judged[0]!.dependencies).toMatchObject([{ exchanges: 10, joinedBy: 'traceparent' }]);
  expect(renderRunSummary(beside.result)).toContain('Not side by side: item-2; its faults act behind');
  expect(renderRunSummary(serial.result)).not.toContain('side by side');
});

test('calls of a dependency that fail beside another item, without a trace id, are said to be nobody’s', async () => {
  const { shop, openProxies } = await openShop({ paymentsStatus: 500, passOn: false });
  const items = [edge(`${shop.origin}/a`, 50), edge(`${shop.origin}/b`, 50)];
  const { results } = await runScenarios(
    makeRequest([makeScenario(items)], { parallel: 8 }),
    makeDeps({ proxies, openProxies }),
  );
  expect(results[0]!.notices.map(({ message }) => message).join('\n')).toMatch(
    /^\d+ calls to a dependency failed by themselves while other items ran beside/,
  );
});
