// An upstream that is too slow to connect is 504 after 10 s, on a clock that the test moves; the sockets are real.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../../src/proxy/fault-proxy.ts';
import type { Timeline } from '../../../src/proxy/timeline.ts';
import type { UpstreamProtocol } from '../../../src/types.ts';
import { createFakeTimeline } from '../support/fake-timeline.ts';
import { programOf } from '../support/program.ts';
import { connectTo, serveTcp } from '../support/servers.ts';

const LIMIT_MS = 10_000;
/** A thread that listens and never accepts: it sleeps as soon as it has said its port. */
const LISTEN_AND_SLEEP = `
  const { createServer } = require('node:net');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:worker_threads').parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** An upstream whose queue of connections is full, so that the kernel answers no further one. */
async function openFullQueue(): Promise<number> {
  const worker = new Worker(LISTEN_AND_SLEEP, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port]: number[] = await once(worker, 'message');
  if (port === undefined) throw new Error('the upstream does not listen');
  // Linux queues one more than the backlog.
  for (let queued = 0; queued < 2; queued += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
  }
  return port;
}

async function openHere(protocol: UpstreamProtocol, port: number) {
  const clock = createFakeTimeline();
  let dials = 0;
  const timeline: Timeline = {
    now: () => clock.now(),
    at(dueMs, wake) {
      if (dueMs === LIMIT_MS) dials += 1;
      return clock.at(dueMs, wake);
    },
  };
  const spec = { name: 'here', listenPort: 0, upstream: { protocol, host: '127.0.0.1', port } };
  const proxy = new FaultProxy(spec, programOf([]), timeline);
  const client = connectTo(await proxy.open(0));
  onTestFinished(async () => void (await proxy.close()));
  const untilDialled = () => expect.poll(() => dials, { interval: 5, timeout: 30_000 }).toBeGreaterThan(0);
  return { proxy, client, clock, untilDialled };
}

async function expectTimeout(protocol: UpstreamProtocol, port: number) {
  const { proxy, client, clock, untilDialled } = await openHere(protocol, port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await untilDialled();
  clock.advanceTo(LIMIT_MS - 1);
  expect((await proxy.take(false)).exchanges).toEqual([]);
  clock.advanceTo(LIMIT_MS);
  const answer = await client.until((text) => text.includes('\r\n\r\n'));
  expect(answer).toMatch(/^HTTP\/1\.1 504 /);
  expect(answer).toMatch(/x-breakwater: .*upstream_connect_timeout/i);
  await expect
    .poll(async () => (await proxy.take(false)).exchanges, { interval: 5, timeout: 30_000 })
    .toMatchObject([{ outcome: 'upstream_timeout' }]);
}

test.runIf(process.platform === 'linux')('an upstream whose queue is full is 504 after 10 s', async () => {
  await expectTimeout('http', await openFullQueue());
});

test('an upstream that never ends its TLS handshake is 504 after 10 s', async () => {
  await expectTimeout('https', await serveTcp((socket) => socket.resume()));
});

test('on raw TCP the client is reset after 10 s', async () => {
  const { client, clock, untilDialled } = await openHere('tls', await serveTcp((socket) => socket.resume()));
  await untilDialled();
  clock.advanceTo(LIMIT_MS);
  await client.closed;
  expect(client.error()?.code).toBe('ECONNRESET');
});
