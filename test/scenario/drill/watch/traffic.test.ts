import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { hasFailed, watchTraffic } from '../../../../src/scenario/drill/watch/traffic.ts';
import { programOf } from '../../../proxy/support/program.ts';
import { connectTo, openProxy, serveTcp } from '../../../proxy/support/servers.ts';

const clock = systemClock;

async function echo() {
  return serveTcp((socket) => socket.pipe(socket));
}

/** `once` would reject for the reset that is expected. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

async function talk(port: number) {
  const client = connectTo(port);
  client.socket.write('hello');
  await once(client.socket, 'data');
  return client;
}

test('connections count since the watch began, also those that a fault refuses', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await echo()}`);
  await talk(proxy.port);
  const deps = { clock, epochMs: clock.now(), signal: new AbortController().signal };
  const watch = watchTraffic(proxy, deps, 60_000);
  // The proxy's thread answers in order, so what comes now is counted after the watch began.
  await proxy.traffic();
  const { socket } = await talk(proxy.port);
  const closed = closeOf(socket);
  await proxy.setProgram(programOf([{ type: 'refuse' }]));
  await closed;
  for (const attempt of [1, 2, 3]) {
    const { socket: refused } = connectTo(proxy.port);
    refused.write(`attempt ${attempt}`);
    await closeOf(refused);
  }
  const points = await watch.stop();
  const last = points.at(-1);
  expect(last).toMatchObject({ connections: 4, openConnections: 0 });
  expect(last?.failedExchanges).toBeGreaterThanOrEqual(3);
  expect(last?.exchanges).toBeGreaterThanOrEqual(4);
  expect(await watch.stop()).toEqual(points);
});

test('a good exchange is none that failed', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await echo()}`);
  const deps = { clock, epochMs: clock.now(), signal: new AbortController().signal };
  const watch = watchTraffic(proxy, deps, 60_000);
  await proxy.traffic();
  await talk(proxy.port);
  const points = await watch.stop();
  expect(points.at(-1)).toMatchObject({
    connections: 1,
    openConnections: 1,
    exchanges: 1,
    failedExchanges: 0,
  });
});

test('a proxy that is closed is seen no more, and the watch still ends', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await echo()}`);
  await proxy.close();
  const deps = { clock, epochMs: clock.now(), signal: new AbortController().signal };
  expect(await watchTraffic(proxy, deps).stop()).toEqual([]);
});

test('an exchange has failed by its outcome or by a status of 500 and more', () => {
  const exchange = {
    proxy: 'db',
    number: 0,
    connection: 0,
    traceparent: null,
    method: null,
    path: null,
    startedAtMs: 0,
    endedAtMs: 1,
    requestBytes: 0,
    responseBytes: 0,
    status: null,
    outcome: 'complete' as const,
    injectedMs: null,
    hits: [],
  };
  expect(hasFailed(exchange)).toBe(false);
  expect(hasFailed({ ...exchange, status: 503 })).toBe(true);
  expect(hasFailed({ ...exchange, outcome: 'injected', status: 404 })).toBe(false);
  expect(hasFailed({ ...exchange, outcome: 'injected' })).toBe(true);
  expect(hasFailed({ ...exchange, outcome: 'client_gone' })).toBe(true);
  // An idle connection that a fault ended was asked nothing; an answer that went on was cut.
  expect(hasFailed({ ...exchange, outcome: 'cut', continues: true })).toBe(false);
  expect(hasFailed({ ...exchange, outcome: 'cut', continues: true, responseBytes: 1 })).toBe(true);
});
