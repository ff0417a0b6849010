import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import type { OpenProxy } from '../../../src/proxy/host.ts';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveHttp } from '../support/servers.ts';

const SENT = randomBytes(48_000_000);
/** What two pairs of kernel buffers and the proxy's own limit hold together stays well below. */
const MOST_BYTES = 24_000_000;

/** Waits until the proxy takes nothing more in, and gives what it took. */
async function settledBytes(proxy: OpenProxy, of: 'requestBytes' | 'responseBytes'): Promise<number> {
  let before = 0;
  const isSettled = async () => {
    const now = (await proxy.traffic())[of];
    const stands = now === before && now > 1_000_000;
    before = now;
    return stands;
  };
  await expect.poll(isSettled, { interval: 200, timeout: 30_000 }).toBe(true);
  return before;
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([
  ['with a length', { 'content-length': String(SENT.length) }],
  ['in chunks', {}],
])('a client that does not read holds the answer back (%s)', async (_, headers) => {
  const upstream = await serveHttp((_request, response) => {
    response.writeHead(200, headers);
    response.write(SENT);
    response.end();
  });
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`);
  const call = request({ host: '127.0.0.1', port: proxy.port, agent: false }).end();
  const [answer]: IncomingMessage[] = await once(call, 'response');
  expect(await settledBytes(proxy, 'responseBytes')).toBeLessThan(MOST_BYTES);
  expect(answer && (await readAll(answer)).equals(SENT)).toBe(true);
});

test.each([
  ['with a length', { 'content-length': String(SENT.length) }],
  ['in chunks', {}],
])('an upstream that does not read holds the request back (%s)', async (_, headers) => {
  let read: () => void = () => undefined;
  const reads = new Promise<void>((resolve) => {
    read = resolve;
  });
  const upstream = await serveHttp(async (incoming, response) => {
    await reads;
    response.end(String((await readAll(incoming)).equals(SENT)));
  });
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`);
  const call = request({ host: '127.0.0.1', port: proxy.port, method: 'POST', agent: false, headers });
  call.write(SENT);
  call.end();
  expect(await settledBytes(proxy, 'requestBytes')).toBeLessThan(MOST_BYTES);
  read();
  const [answer]: IncomingMessage[] = await once(call, 'response');
  expect(answer && String(await readAll(answer))).toBe('true');
});

test.each([
  ['that leave', []],
  ['that a fault holds', [{ type: 'latency', mean: 100, probability: 0.0005 }]],
])(
  'a client that does not read the proxy’s own answers is not given more of them (%s)',
  async (_, before) => {
    const body = 'x'.repeat(2_000);
    const faults = [...before, { type: 'httperror', status_code: 503, body }];
    const proxy = await openProxy('http://127.0.0.1:1', programOf(faults));
    const client = connectTo(proxy.port);
    client.socket.pause();
    const asked = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n${'q'.repeat(1_000)}`;
    client.socket.write(asked.repeat(20_000));
    expect(await settledBytes(proxy, 'requestBytes')).toBeLessThan(12_000_000);
    client.socket.end();
    client.socket.resume();
    await client.ended;
    expect(client.text().split(`\r\n\r\n${body}`)).toHaveLength(20_001);
  },
);
