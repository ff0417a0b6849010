import { once } from 'node:events';
import { get } from 'node:http';
import { queryObjects } from 'node:v8';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Connection } from '../../src/proxy/connection.ts';
import { LiveExchange } from '../../src/proxy/exchange.ts';
import { FaultProxy } from '../../src/proxy/fault-proxy.ts';
import { Flow } from '../../src/proxy/flow.ts';
import { createTimeline } from '../../src/proxy/timeline.ts';
import { HeapEntry } from '../../src/proxy/wake-heap.ts';
import type { UpstreamProtocol } from '../../src/types.ts';
import { programOf } from './support/program.ts';
import { connectTo, serveHttp, serveTcp } from './support/servers.ts';

const CONNECTIONS = 2_000;
const TOGETHER = 100;
/** The counts say what lives after a full collection. */
const KINDS = { Connection, Flow, LiveExchange, HeapEntry };
const NOTHING = { Connection: 0, Flow: 0, LiveExchange: 0, HeapEntry: 0 };

const countLiving = () =>
  Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, queryObjects(kind)]));

/** A proxy in this thread, so that its objects can be counted. */
async function openHere(protocol: UpstreamProtocol, port: number, faults: readonly object[]) {
  const spec = { name: 'here', listenPort: 0, upstream: { protocol, host: '127.0.0.1', port } };
  const proxy = new FaultProxy(spec, programOf(faults), createTimeline(systemClock));
  const listening = await proxy.open(0);
  onTestFinished(async () => {
    await proxy.close();
  });
  return { proxy, port: listening };
}

async function inBatches(useOne: () => Promise<void>): Promise<void> {
  for (let used = 0; used < CONNECTIONS; used += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, useOne));
  }
}

const untilAllClosed = (proxy: FaultProxy) =>
  expect.poll(() => proxy.traffic().openConnections, { interval: 10, timeout: 30_000 }).toBe(0);

test.each([
  ['without faults', []],
  [
    'under faults',
    [
      { type: 'latency', mean: 1 },
      { type: 'jitter', amplitude: 1, frequency: 10 },
      { type: 'bandwidth', rate: 1_000 },
    ],
  ],
])('raw TCP connections that closed leave no object behind (%s)', async (_, faults) => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const { proxy, port } = await openHere('tcp', upstream, faults);
  await inBatches(async () => {
    const client = connectTo(port);
    client.socket.end('x');
    await client.ended;
    client.socket.destroy();
  });
  await untilAllClosed(proxy);
  expect(countLiving()).toEqual(NOTHING);
  expect((await proxy.take(false)).exchanges).toHaveLength(CONNECTIONS);
});

test('connections that clients reset right behind their bytes end at once, and leave no object behind', async () => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const { proxy, port } = await openHere('tcp', upstream, [{ type: 'latency', mean: 3_600_000 }]);
  await inBatches(async () => {
    const { socket, closed } = connectTo(port);
    await once(socket, 'connect');
    // Both are in the kernel before this thread, which is the proxy's too, reads either.
    socket.write('x');
    socket.resetAndDestroy();
    await closed;
  });
  await untilAllClosed(proxy);
  expect(countLiving()).toEqual(NOTHING);
  const { exchanges } = await proxy.take(false);
  expect(new Set(exchanges.map(({ outcome }) => outcome))).toEqual(new Set(['client_gone']));
});

test('a client that only ended its half still gets what is held', async () => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const { port } = await openHere('tcp', upstream, [{ type: 'latency', mean: 50, direction: 'both' }]);
  const client = connectTo(port);
  client.socket.end('held');
  await client.ended;
  expect(client.text()).toBe('held');
});

test('HTTP requests on connections that closed leave no object behind', async () => {
  const upstream = await serveHttp((_, response) => response.end('ok'));
  const { proxy, port } = await openHere('http', upstream, [{ type: 'latency', mean: 1 }]);
  await inBatches(
    () =>
      new Promise((resolve, reject) => {
        get({ port, host: '127.0.0.1', agent: false }, (response) =>
          response.resume().once('end', resolve),
        ).once('error', reject);
      }),
  );
  await untilAllClosed(proxy);
  expect(countLiving()).toEqual(NOTHING);
  expect((await proxy.take(false)).exchanges).toHaveLength(CONNECTIONS);
});
