import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { ProxyAgent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CA, CERT, KEY } from '../support/certificates.ts';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveHttp, serveTcp } from '../support/servers.ts';

const named = (name: string) =>
  serveHttp((message, response) => {
    response.end(
      `${name} ${message.method} ${message.url} host=${message.headers.host} for-proxy=${message.headers['proxy-connection'] ?? 'none'}`,
    );
  });
const forward = (faults: readonly object[] = [], origins: readonly string[] = ['*']) =>
  openProxy('http://127.0.0.1:1', programOf(faults), { origins });

test('a request in absolute form reaches what it names, in origin form', async () => {
  const port = await named('a');
  const proxy = await forward();
  const client = connectTo(proxy.port);
  client.socket.write(
    `GET http://127.0.0.1:${port}/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nProxy-Connection: keep-alive\r\nConnection: close\r\n\r\n`,
  );
  await client.ended;
  expect(client.text()).toContain(`a GET /x?y=1 host=127.0.0.1:${port} for-proxy=none`);
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { method: 'GET', status: 200, outcome: 'complete' },
  ]);
});

test.each([
  ['another one', 'Host: elsewhere.example\r\n', 'localhost'],
  ['none', '', 'localhost'],
  ['another one, behind a name and password', 'Host: elsewhere.example\r\n', 'user:pass@localhost'],
])('the Host is the one that the target names, where the client sends %s', async (_, field, authority) => {
  const port = await named('a');
  const proxy = await forward();
  const client = connectTo(proxy.port);
  client.socket.write(
    `GET http://${authority}:${port}/ HTTP/1.1\r\nX-A: 1\r\n${field}Connection: close\r\n\r\n`,
  );
  await client.ended;
  expect(client.text()).toContain(`a GET / host=localhost:${port} `);
});

test('one connection may name one origin after the other', async () => {
  const [first, second] = [await named('first'), await named('second')];
  const proxy = await forward();
  const client = connectTo(proxy.port);
  for (const [name, port] of [
    ['first', first],
    ['second', second],
    ['first', first],
  ] as const) {
    const before = client.text().length;
    client.socket.write(`GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await client.until((text) => text.slice(before).includes(`${name} GET /`));
  }
});

test('faults act on the origins named, and on no others', async () => {
  const [faulted, spared] = [await named('faulted'), await named('spared')];
  const proxy = await forward([{ type: 'httperror', status_code: 503 }], [`http://localhost:${faulted}`]);
  const client = connectTo(proxy.port);
  client.socket.write(`GET http://127.0.0.1:${faulted}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until((text) => text.includes('HTTP/1.1 503'));
  client.socket.write(`GET http://127.0.0.1:${spared}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until((text) => text.includes('spared GET /'));
});

test('CONNECT opens a tunnel, and its bytes feel faults', async () => {
  const port = await serveTcp((socket) => socket.pipe(socket));
  const proxy = await forward([{ type: 'latency', mean: 20 }]);
  const client = connectTo(proxy.port);
  client.socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(await client.until((text) => text.endsWith('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
  client.socket.write('raw');
  await client.until((text) => text.endsWith('raw'));
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { requestBytes: 3, hits: [{ type: 'latency' }] },
  ]);
});

test('CONNECT is confirmed only once the upstream has accepted', async () => {
  const proxy = await forward();
  const client = connectTo(proxy.port);
  client.socket.write('CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.ended;
  expect(client.text()).toMatch(/^HTTP\/1\.1 502 .*x-breakwater: upstream_refused/s);
});

test('TLS passes through a tunnel untouched', async () => {
  const server = createHttpsServer({ cert: CERT, key: KEY }, (_, response) => response.end('secret'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const proxy = await forward();
  const agent = new ProxyAgent({ uri: `http://127.0.0.1:${proxy.port}`, requestTls: { ca: CA } });
  const { body } = await request(`https://localhost:${(server.address() as AddressInfo).port}/`, {
    dispatcher: agent,
  });
  expect(await body.text()).toBe('secret');
  await agent.close();
});

test.each(['GET /path HTTP/1.1', 'CONNECT nowhere HTTP/1.1', 'GET http://:80/ HTTP/1.1'])(
  '%s names no upstream and is told so',
  async (line) => {
    const proxy = await forward();
    const client = connectTo(proxy.port);
    client.socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 400 .*x-breakwater: misdirected/s);
  },
);

describe('an IPv6 literal', () => {
  test('in absolute form is reached, and the upstream gets it as its Host', async () => {
    const server = createServer((message, response) => {
      response.end(`${message.socket.localAddress} ${message.url} host=${message.headers.host}`);
    });
    const port = await listenOnIpv6(server);
    const proxy = await forward();
    const client = connectTo(proxy.port, '::1');
    const line = `GET http://[::1]:${port}/x HTTP/1.1\r\nHost: [::1]:${port}\r\nConnection: close\r\n\r\n`;
    client.socket.write(line);
    await client.ended;
    expect(client.text()).toContain(`::1 /x host=[::1]:${port}`);
  });

  test('in CONNECT is reached, and what comes through feels faults', async () => {
    const port = await listenOnIpv6(createTcpServer((socket) => socket.pipe(socket)));
    const proxy = await forward([{ type: 'latency', mean: 1 }]);
    const client = connectTo(proxy.port);
    client.socket.write(`CONNECT [::1]:${port} HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\nraw`);
    expect(await client.until((text) => text.endsWith('raw'))).toMatch(/^HTTP\/1\.1 200 /);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ hits: [{ type: 'latency' }] }]);
  });

  test('is one origin with what it stands for: faults named for localhost act on it', async () => {
    const port = await listenOnIpv6(createServer((_, response) => response.end('spared')));
    const proxy = await forward([{ type: 'httperror', status_code: 503 }], [`http://localhost:${port}`]);
    const client = connectTo(proxy.port);
    client.socket.write(`GET http://[0:0:0:0:0:0:0:1]:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await client.until((text) => text.startsWith('HTTP/1.1 503'));
  });

  test.each([
    'CONNECT ::1:80 HTTP/1.1',
    'CONNECT [::1] HTTP/1.1',
    'GET http://[::g]/ HTTP/1.1',
    'GET http://::1/ HTTP/1.1',
  ])('written wrongly is told so (%s)', async (line) => {
    const proxy = await forward();
    const client = connectTo(proxy.port);
    client.socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 400 .*x-breakwater: misdirected/s);
  });
});

function listenOnIpv6(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '::1', () => resolve((server.address() as AddressInfo).port));
  });
}
