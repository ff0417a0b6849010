import { request } from 'undici';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createProxyHost, emptyProgram } from '../../src/proxy/host.ts';
import { programOf, specOf } from './support/program.ts';
import { connectTo, openProxy, serveHttp, serveTcp } from './support/servers.ts';

const hello = () => serveHttp((_, response) => response.end('hello'));

test('an HTTP proxy passes a request and its answer on', async () => {
  const proxy = await openProxy(`http://127.0.0.1:${await hello()}`);
  const answer = await request(`http://127.0.0.1:${proxy.port}/path?q=1`);
  expect(answer.statusCode).toBe(200);
  expect(await answer.body.text()).toBe('hello');
  const { exchanges, dropped } = await proxy.takeExchanges();
  expect(dropped).toBe(0);
  expect(exchanges).toMatchObject([
    { number: 0, method: 'GET', path: '/path', status: 200, outcome: 'complete', injectedMs: 0, hits: [] },
  ]);
});

test('latency delays an answer by its time, and the ledger says so', async () => {
  const proxy = await openProxy(
    `http://127.0.0.1:${await hello()}`,
    programOf([{ type: 'latency', mean: 60 }]),
  );
  const sentAtMs = systemClock.now();
  const answer = await request(`http://127.0.0.1:${proxy.port}/`);
  await answer.body.text();
  const tookMs = systemClock.now() - sentAtMs;
  expect(tookMs).toBeGreaterThanOrEqual(60);
  const { exchanges } = await proxy.takeExchanges();
  const [exchange] = exchanges;
  expect(exchange?.hits).toMatchObject([{ faultIndex: 0, type: 'latency', flow: 'response' }]);
  expect(exchange?.hits[0]?.delayMs).toBeGreaterThanOrEqual(60);
  expect(exchange?.injectedMs).toBeGreaterThanOrEqual(60);
  expect(exchange?.injectedMs).toBeLessThanOrEqual(tookMs);
});

test('an HTTP error is answered without the upstream', async () => {
  let seen = 0;
  const port = await serveHttp((_, response) => {
    seen += 1;
    response.end('hello');
  });
  const proxy = await openProxy(
    `http://127.0.0.1:${port}`,
    programOf([{ type: 'httperror', status_code: 503 }]),
  );
  const answer = await request(`http://127.0.0.1:${proxy.port}/`, {
    method: 'POST',
    body: 'x'.repeat(100_000),
  });
  expect(answer.statusCode).toBe(503);
  expect(await answer.body.json()).toEqual({ error: 'injected fault', status: 503 });
  expect(seen).toBe(0);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges).toMatchObject([
    { outcome: 'injected', status: 503, hits: [{ type: 'httperror', status: 503 }] },
  ]);
});

test('after setProgram every new exchange obeys it', async () => {
  const proxy = await openProxy(`http://127.0.0.1:${await hello()}`);
  const statusNow = async () => {
    const { statusCode, body } = await request(`http://127.0.0.1:${proxy.port}/`);
    await body.dump();
    return statusCode;
  };
  expect(await statusNow()).toBe(200);
  await proxy.setProgram(programOf([{ type: 'httperror', status_code: 500 }]));
  expect(await statusNow()).toBe(500);
  await proxy.setProgram(emptyProgram());
  expect(await statusNow()).toBe(200);
});

test('raw TCP passes in both directions, ends included', async () => {
  const port = await serveTcp((socket) => {
    socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end('bye'));
  });
  const proxy = await openProxy(`tcp://127.0.0.1:${port}`);
  const client = connectTo(proxy.port);
  client.socket.end('hello ');
  await client.ended;
  expect(client.text()).toBe('hello bye');
});

test('a taken port is PORT_IN_USE, and nothing is half started', async () => {
  const taken = await serveTcp(() => undefined);
  const host = createProxyHost();
  await expect(host.open(specOf(`${taken}=tcp://127.0.0.1:1`), emptyProgram())).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  });
  expect(host.list()).toEqual([]);
  await host.close();
});

test('close frees the port, ends connections and may be called again', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await serveTcp(() => undefined)}`);
  const client = connectTo(proxy.port);
  await new Promise((resolve) => client.socket.once('connect', resolve));
  await Promise.all([proxy.close(), proxy.close()]);
  await client.ended;
  const late = connectTo(proxy.port);
  await late.closed;
  expect(late.error()?.code).toBe('ECONNREFUSED');
});

test('a closed host opens no more proxies', async () => {
  const host = createProxyHost();
  await host.close();
  await host.close();
  await expect(host.open(specOf('tcp://127.0.0.1:1'), emptyProgram())).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
