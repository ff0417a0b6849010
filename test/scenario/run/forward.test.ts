import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, test } from 'vitest';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { createProxyHost } from '../../../src/proxy/host.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import { ERRORS_UNDER_1, LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario, startTarget, type Target } from '../target.ts';

const proxies = createProxyHost();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => proxies.close());

async function target(...args: Parameters<typeof startTarget>): Promise<Target> {
  const started = await startTarget(...args);
  closing.push(started.close);
  return started;
}

/** A free port: it was just given back. */
async function freePort(): Promise<number> {
  const free = await startTarget();
  await free.close();
  return free.port;
}

/** A service that asks the upstreams it is given, one after the other, by HTTP_PROXY where that is set. */
const SERVICE = `
  const http = require('node:http');
  const ask = (url, traceparent) => new Promise((resolve) => {
    const { HTTP_PROXY } = process.env;
    const { host, hostname, port, pathname } = new URL(url);
    const way = HTTP_PROXY
      ? { hostname: new URL(HTTP_PROXY).hostname, port: new URL(HTTP_PROXY).port, path: url }
      : { hostname, port, path: pathname };
    http.get({ ...way, agent: false, headers: { host, traceparent } }, (answer) => {
      answer.resume().on('end', resolve);
    }).on('error', resolve);
  });
  const server = http.createServer(async (request, response) => {
    for (const url of process.argv.slice(1)) await ask(url, request.headers.traceparent);
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

async function startService(upstreams: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['-e', SERVICE, ...upstreams], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closing.push(() => child.kill('SIGKILL'));
  const [port] = await once(createInterface(child.stdout), 'line');
  return `http://127.0.0.1:${port}/`;
}

const strategy = { ...LOAD, durationMs: 1_000, clients: 1 };

test('faults reach a dependency that a service calls by HTTP_PROXY, and no other', async () => {
  const [payments, stock] = [await target(), await target()];
  const forwardPort = await freePort();
  const env = { HTTP_PROXY: `http://127.0.0.1:${forwardPort}` };
  const url = await startService([`${payments.origin}/pay`, `${stock.origin}/stock`], env);
  const item = makeItem({
    url,
    timeoutMs: 5_000,
    faults: [readFault({ type: 'latency', mean: 120, stddev: 0 })],
    upstreams: [payments.origin],
    strategy,
    slos: [ERRORS_UNDER_1],
  });
  const { results } = await runScenarios(
    makeRequest([makeScenario([item])], { forwardPort }),
    makeDeps({ proxies }),
  );
  const [result] = results;
  expect(result!.verdict).toEqual({ value: 'pass', reasons: [] });
  expect(result!.fidelity).toMatchObject([{ actedOn: 10 }]);
  expect(result!.observed.minMs).toBeGreaterThanOrEqual(120);
  // Once, at payments: twice 120 ms would say that stock was slowed as well.
  expect(result!.injected.maxMs).toBeLessThan(220);
  expect(result!.dependencies).toMatchObject([
    { proxy: 'forward proxy', exchanges: 20, hits: 10, joinedBy: 'traceparent' },
  ]);
  expect(stock.requests.length).toBeGreaterThanOrEqual(10);
  expect(proxies.list()).toEqual([]);
});

test('an answer of 200 although the forward proxy said 503 to its only call is hollow', async () => {
  const payments = await target();
  const forwardPort = await freePort();
  const url = await startService([`${payments.origin}/pay`], {
    HTTP_PROXY: `http://127.0.0.1:${forwardPort}`,
  });
  const item = makeItem({
    url,
    faults: [readFault({ type: 'httperror', status_code: 503 })],
    upstreams: [payments.origin],
    strategy,
    slos: [ERRORS_UNDER_1],
  });
  const { results } = await runScenarios(
    makeRequest([makeScenario([item])], { forwardPort }),
    makeDeps({ proxies }),
  );
  expect(results[0]).toMatchObject({ verdict: { value: 'fail' }, outcomes: { '200 hollow': 10 } });
});

test('a service that does not use HTTP_PROXY is inconclusive, and told how to', async () => {
  const payments = await target();
  const forwardPort = await freePort();
  const url = await startService([`${payments.origin}/pay`], {});
  const item = makeItem({
    url,
    faults: [readFault({ type: 'latency', mean: 100 })],
    upstreams: [payments.origin],
    expect: { statuses: [200] },
  });
  const { results } = await runScenarios(
    makeRequest([makeScenario([item])], { forwardPort }),
    makeDeps({ proxies }),
  );
  expect(results[0]!.verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [
      {
        message: expect.stringContaining('no exchange passed its proxy'),
        remedy: expect.stringContaining(`HTTP_PROXY and HTTPS_PROXY set to http://127.0.0.1:${forwardPort}`),
      },
    ],
  });
});

test('a port of the forward proxy that is taken leaves the items that need it inconclusive, and no others', async () => {
  const taken = await target();
  const shop = await target();
  const needing = makeItem({
    url: `${shop.origin}/`,
    faults: [readFault({ type: 'latency', mean: 100 })],
    upstreams: ['http://127.0.0.1:9'],
  });
  const other = makeItem({ url: `${shop.origin}/`, expect: { statuses: [200] } });
  const { results } = await runScenarios(
    makeRequest([makeScenario([needing, other])], { forwardPort: taken.port }),
    makeDeps({ proxies }),
  );
  expect(results.map(({ verdict }) => verdict.value)).toEqual(['inconclusive', 'pass']);
  expect(results[0]!.verdict.reasons[0]).toMatchObject({
    message: expect.stringContaining(`Port ${taken.port} is taken`),
    remedy: expect.stringContaining('forward_proxy.port'),
  });
});

test('disable_http_proxies leaves no forward proxy to reach an upstream by', async () => {
  const shop = await target();
  const item = makeItem({
    url: `${shop.origin}/`,
    faults: [readFault({ type: 'latency', mean: 100 })],
    upstreams: ['http://127.0.0.1:9'],
    context: { proxy: { disableHttpProxies: true, mappings: [] } },
  });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  expect(results[0]!.verdict.reasons[0]!.message).toBe('no proxy reaches the upstream http://127.0.0.1:9');
  expect(shop.requests).toHaveLength(0);
});
