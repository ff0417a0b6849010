import type { Proxy as ClientProxy } from 'toxiproxy-node-client';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { connectTo, serveTcp } from '../proxy/support/servers.ts';
import { call, openApi, portOf } from './support/api.ts';

test('latency delays what comes back by so many ms, and nothing once it is removed', async () => {
  const { proxy, port } = await openEcho();
  const toxic = await add(proxy, 'latency', { latency: 300, jitter: 0 });
  const peer = connectTo(port);
  expect(await roundTripMs(peer, 'one')).toBeGreaterThanOrEqual(300);
  await toxic.remove();
  expect(await roundTripMs(peer, 'two')).toBeLessThan(300);
});

test('an updated latency is felt by the open connection; what is not named stays', async () => {
  const { proxy, port } = await openEcho();
  const toxic = await add(proxy, 'latency', { latency: 1, jitter: 1 });
  const peer = connectTo(port);
  await roundTripMs(peer, 'one');
  const changed = await toxic.update({ attributes: { latency: 90 }, toxicity: 1 } as never);
  expect(changed.attributes).toEqual({ latency: 90, jitter: 1 });
  expect(await roundTripMs(peer, 'two')).toBeGreaterThanOrEqual(89);
});

test('latency upstream delays the request', async () => {
  const { proxy, port, received } = await openEcho();
  await add(proxy, 'latency', { latency: 80, jitter: 0 }, { stream: 'upstream' });
  const peer = connectTo(port);
  const startMs = systemClock.now();
  await roundTripMs(peer, 'one');
  expect((received[0] ?? 0) - startMs).toBeGreaterThanOrEqual(80);
});

test('bandwidth lets rate × 1000 bytes a second pass, for each connection', async () => {
  const { proxy, port } = await openSource(40_000);
  await add(proxy, 'bandwidth', { rate: 80 });
  const startMs = systemClock.now();
  const peers = [connectTo(port), connectTo(port)];
  await Promise.all(peers.map(({ ended }) => ended));
  const tookMs = systemClock.now() - startMs;
  expect(peers.map((peer) => peer.bytes().length)).toEqual([40_000, 40_000]);
  expect(tookMs).toBeGreaterThanOrEqual(499);
  expect(tookMs).toBeLessThan(999);
});

test.each([
  ['timeout', { timeout: 0 }],
  ['bandwidth', { rate: 0 }],
] as const)(
  '%s 0 keeps the connection open and silent; removed, what it held arrives whole',
  async (type, attributes) => {
    const { proxy, port } = await openEcho();
    const toxic = await add(proxy, type, attributes);
    const peer = connectTo(port);
    peer.socket.write('held');
    const other = connectTo(port);
    other.socket.write('also held');
    await expect(Promise.race([peer.closed, waitMs(100)])).resolves.toBe('waited');
    expect(peer.text()).toBe('');
    await toxic.remove();
    await Promise.all([peer.until((text) => text === 'held'), other.until((text) => text === 'also held')]);
  },
);

test('timeout n lets nothing pass and closes after n ms, on connections that were open before too', async () => {
  const { proxy, port } = await openEcho();
  const open = connectTo(port);
  await roundTripMs(open, 'before');
  const startMs = systemClock.now();
  await add(proxy, 'timeout', { timeout: 80 });
  open.socket.write('lost');
  await open.ended;
  const afterMs = systemClock.now() - startMs;
  expect(afterMs).toBeGreaterThanOrEqual(79);
  expect([open.text(), open.error()]).toEqual(['before', null]);
  const later = connectTo(port);
  const laterMs = systemClock.now();
  later.socket.write('lost');
  await later.ended;
  expect(systemClock.now() - laterMs).toBeGreaterThanOrEqual(79);
  expect(later.text()).toBe('');
});

test('reset_peer resets after its timeout, before which no answer passes', async () => {
  const { proxy, port } = await openEcho();
  const open = connectTo(port);
  await roundTripMs(open, 'before');
  const startMs = systemClock.now();
  await add(proxy, 'reset_peer', { timeout: 60 });
  open.socket.write('lost');
  await open.closed;
  expect(systemClock.now() - startMs).toBeGreaterThanOrEqual(59);
  expect([open.text(), open.error()?.code]).toEqual(['before', 'ECONNRESET']);
});

test('reset_peer 0 resets open and new connections at once', async () => {
  const { proxy, port } = await openEcho();
  const open = connectTo(port);
  await roundTripMs(open, 'before');
  await add(proxy, 'reset_peer', { timeout: 0 });
  await open.closed;
  const fresh = connectTo(port);
  fresh.socket.write('lost');
  await fresh.closed;
  expect([open.error()?.code, fresh.error()?.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
});

test('limit_data closes after so many bytes', async () => {
  const { proxy, port } = await openSource(10_000);
  await add(proxy, 'limit_data', { bytes: 1_234 });
  const peer = connectTo(port);
  await peer.ended;
  expect(peer.bytes().length).toBe(1_234);
  expect(peer.error()).toBeNull();
});

test('slicer sends slices of average_size, delay µs apart', async () => {
  const { proxy, port } = await openSource(1_000);
  await add(proxy, 'slicer', { average_size: 100, size_variation: 0, delay: 10_000 });
  const peer = connectTo(port);
  const sizes: number[] = [];
  const startMs = systemClock.now();
  peer.socket.on('data', (chunk) => sizes.push(chunk.length));
  await peer.ended;
  expect(systemClock.now() - startMs).toBeGreaterThanOrEqual(90);
  expect(sizes.length).toBeGreaterThan(5);
  expect(sizes.every((size) => size % 100 === 0)).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000);
});

test('slicer varies its slices by size_variation either way', async () => {
  const { proxy, port } = await openSource(2_000);
  await add(proxy, 'slicer', { average_size: 100, size_variation: 40, delay: 10_000 });
  const peer = connectTo(port);
  const sizes: number[] = [];
  peer.socket.on('data', (chunk) => sizes.push(chunk.length));
  await peer.ended;
  expect(peer.bytes().equals(pattern(2_000))).toBe(true);
  // A slow reader finds several of them at once.
  expect(sizes.slice(0, -1).some((size) => size % 100 !== 0)).toBe(true);
  expect(sizes.slice(0, -1).every((size) => size >= 60)).toBe(true);
});

test('slow_close passes the bytes at once and the end of the stream after its delay', async () => {
  const { proxy, port, url } = await openSource(1_000);
  await add(proxy, 'slow_close', { delay: 300 });
  const peer = connectTo(port);
  await peer.until((text) => text.length === 1_000);
  const wholeMs = systemClock.now();
  await expect(Promise.race([peer.ended, waitMs(50)])).resolves.toBe('waited');
  await peer.ended;
  expect(systemClock.now() - wholeMs).toBeGreaterThanOrEqual(200);
  expect(peer.error()).toBeNull();
  const { body } = await call(`${url}/metrics`);
  expect(body).toMatch(/^breakwater_proxy_hits_total\{.*\} 1$/m);
});

test('slow_close taken away lets the end pass at once', async () => {
  const { proxy, port } = await openSource(1_000);
  const toxic = await add(proxy, 'slow_close', { delay: 3_600_000 });
  const peer = connectTo(port);
  await peer.until((text) => text.length === 1_000);
  await toxic.remove();
  await peer.ended;
});

test('toxicity is drawn for each exchange: 0 never acts, 0.5 on some, the same ones for the same seed', async () => {
  const slowOnes = async (toxicity: number) => {
    const { proxy, port, url } = await openEcho();
    await add(proxy, 'latency', { latency: 5, jitter: 0 }, { toxicity });
    const peer = connectTo(port);
    const slow: boolean[] = [];
    let before = 0;
    for (let round = 0; round < 12; round += 1) {
      await roundTripMs(peer, `${round};`);
      const { body } = await call(`${url}/metrics`);
      const hits = Number(/^breakwater_proxy_hits_total\{.*\} (\d+)$/m.exec(body)?.[1]);
      slow.push(hits > before);
      before = hits;
    }
    return slow;
  };
  expect((await slowOnes(0)).some(Boolean)).toBe(false);
  const half = await slowOnes(0.5);
  expect(new Set(half).size).toBe(2);
  expect(await slowOnes(0.5)).toEqual(half);
});

test('the parts of one toxic share one draw: with toxicity 0.5 a connection is cut whole or not at all', async () => {
  const { proxy, port } = await openEcho();
  await add(proxy, 'timeout', { timeout: 40 }, { toxicity: 0.5 });
  const fates = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const peer = connectTo(port);
      peer.socket.write('ping');
      return Promise.race([
        peer.until((text) => text === 'ping').then(() => 'answered'),
        peer.ended.then(() => peer.text()),
      ]).catch(() => '');
    }),
  );
  expect(new Set(fates)).toEqual(new Set(['answered', '']));
});

test('toxics are added, changed and removed while bytes flow, and none is lost', async () => {
  const totalBytes = 4_000_000;
  const { proxy, port } = await openSource(totalBytes);
  const peer = connectTo(port);
  for (let round = 0; round < 4; round += 1) {
    const latency = await add(proxy, 'latency', { latency: 15, jitter: 10 });
    const slicer = await add(proxy, 'slicer', { average_size: 500, size_variation: 0, delay: 10 });
    const bandwidth = await add(proxy, 'bandwidth', { rate: 20_000 });
    await bandwidth.update({ attributes: { rate: 40_000 }, toxicity: 1 } as never);
    await latency.remove();
    await slicer.remove();
    await bandwidth.remove();
  }
  await peer.ended;
  expect(peer.bytes().equals(pattern(totalBytes))).toBe(true);
});

async function openEcho() {
  const received: number[] = [];
  const upstream = await serveTcp((socket) => {
    socket.on('data', () => received.push(systemClock.now()));
    socket.pipe(socket);
  });
  return { ...(await openTo(upstream)), received };
}

async function openSource(bytes: number) {
  return openTo(await serveTcp((socket) => socket.end(pattern(bytes))));
}

async function openTo(upstream: number) {
  const { client, url } = await openApi();
  const proxy = await client.createProxy({
    name: 'db',
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${upstream}`,
  });
  return { proxy, url, port: portOf(proxy) };
}

function add(proxy: ClientProxy, type: string, attributes: object, more: object = {}) {
  const body = { name: type, type, stream: 'downstream', toxicity: 1, attributes, ...more };
  return proxy.addToxic(body as never);
}

async function roundTripMs(peer: ReturnType<typeof connectTo>, word: string): Promise<number> {
  const startMs = systemClock.now();
  peer.socket.write(word);
  await peer.until((text) => text.endsWith(word));
  return systemClock.now() - startMs;
}

function waitMs(ms: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('waited'), ms);
  });
}

function pattern(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}
