import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { SocketPair } from '../../src/proxy/socket-pair.ts';
import { createTimeline } from '../../src/proxy/timeline.ts';

test('a reset while the written end is still on its way closes the socket for good', async () => {
  // Node keeps a socket whose reset libuv refused: its thread then never ends (uv_tcp_close_reset, EINVAL).
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const peer = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  peer.on('error', () => undefined);
  const [client]: Socket[] = await once(server, 'connection');
  onTestFinished(() => {
    peer.destroy();
    server.close();
  });
  if (client === undefined) throw new Error('nobody came');
  const pair = new SocketPair(client, createTimeline(systemClock), SILENT);
  const closed = once(client, 'close');
  pair.sendEnd('response');
  await new Promise((resolve) => process.nextTick(resolve));
  pair.reset();
  await closed;
  expect(client.destroyed).toBe(true);
});

const SILENT = {
  receive: () => undefined,
  receiveEnd: () => undefined,
  connected: () => undefined,
  unreachable: () => undefined,
  upstreamReset: () => undefined,
  clientReset: () => undefined,
  closed: () => undefined,
  mayRead: () => true,
  isIdle: () => true,
};
