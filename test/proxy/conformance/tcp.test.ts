import { randomBytes } from 'node:crypto';
import { connect as connectHttp2, createServer as createHttp2Server, createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CA, CERT, KEY } from '../support/certificates.ts';
import { connectTo, openProxy, serveTcp } from '../support/servers.ts';

const echo = () => serveTcp((socket) => socket.pipe(socket));

test('many bytes come back as they were sent', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await echo()}`);
  const sent = randomBytes(5_000_000);
  const client = connectTo(proxy.port);
  client.socket.end(sent);
  await client.ended;
  expect(client.bytes().equals(sent)).toBe(true);
  expect(await proxy.traffic()).toMatchObject({
    requestBytes: 5_000_000,
    responseBytes: 5_000_000,
    connections: 1,
  });
});

test('a half-closed client still gets its answer', async () => {
  const port = await serveTcp((socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end(`got ${Buffer.concat(chunks)}`));
  });
  const proxy = await openProxy(`tcp://127.0.0.1:${port}`);
  const client = connectTo(proxy.port);
  client.socket.end('all');
  await client.ended;
  expect(client.text()).toBe('got all');
});

test('a server that ends first still gets what the client sends', async () => {
  let got = '';
  const port = await serveTcp((socket) => {
    socket.end('bye');
    socket.on('data', (chunk) => {
      got += chunk;
    });
  });
  const proxy = await openProxy(`tcp://127.0.0.1:${port}`);
  const client = connectTo(proxy.port);
  await client.ended;
  client.socket.end('still here');
  await expect.poll(() => got, { interval: 5, timeout: 5_000 }).toBe('still here');
});

test.each(['client', 'upstream'])('a slow reader slows the sender down (%s reads slowly)', async (slow) => {
  const sent = randomBytes(32_000_000);
  let written = 0;
  let resume: () => void = () => undefined;
  let received = 0;
  const port = await serveTcp((socket) => {
    if (slow === 'client') {
      socket.write(sent, () => undefined);
      resume = () => undefined;
      written = socket.writableLength;
    } else {
      socket.pause();
      resume = () => socket.on('data', (chunk) => (received += chunk.length)).resume();
    }
  });
  const proxy = await openProxy(`tcp://127.0.0.1:${port}`);
  const client = connectTo(proxy.port);
  if (slow === 'client') client.socket.pause();
  else client.socket.write(sent);
  // What the proxy takes in without a reader stays below what kernel buffers and its own limit hold together.
  let before = -1;
  const settled = async () => {
    const { requestBytes, responseBytes } = await proxy.traffic();
    const now = requestBytes + responseBytes;
    const stands = now === before && now > 0;
    before = now;
    return stands;
  };
  await expect.poll(settled, { interval: 100, timeout: 10_000 }).toBe(true);
  expect(before).toBeLessThan(20_000_000);
  expect(written).toBeLessThanOrEqual(sent.length);
  resume();
  if (slow === 'client') client.socket.on('data', (chunk) => (received += chunk.length)).resume();
  await expect.poll(() => received, { interval: 20, timeout: 30_000 }).toBe(sent.length);
  if (slow === 'client') expect(client.bytes().equals(sent)).toBe(true);
});

test('a server that speaks first is heard', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await serveTcp((socket) => socket.write('220 ready'))}`);
  await connectTo(proxy.port).until((text) => text === '220 ready');
});

test('the proxy answers on ::1 too, and reaches an upstream on ::1', async () => {
  const proxy = await openProxy(`tcp://localhost:${await echo()}`);
  const client = connectTo(proxy.port, '::1');
  client.socket.end('six');
  await client.ended;
  expect(client.text()).toBe('six');
});

test.each(['http', 'https'])('HTTP/2 passes on raw TCP (%s)', async (scheme) => {
  const server =
    scheme === 'http'
      ? createHttp2Server((_, response) => response.end('two'))
      : createSecureServer({ cert: CERT, key: KEY }, (_, response) => response.end('two'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const proxy = await openProxy(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const session = connectHttp2(`${scheme}://127.0.0.1:${proxy.port}`, { ca: CA, servername: 'localhost' });
  const text = await new Promise((resolve) => {
    let seen = '';
    session
      .request({ ':path': '/' })
      .on('data', (chunk) => {
        seen += chunk;
      })
      .on('end', () => resolve(seen));
  });
  session.close();
  expect(text).toBe('two');
});

test('an upstream that is down resets the client', async () => {
  const proxy = await openProxy('tcp://127.0.0.1:1');
  const client = connectTo(proxy.port);
  await client.closed;
  expect(client.error()?.code).toBe('ECONNRESET');
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { outcome: 'upstream_refused', injectedMs: null },
  ]);
  expect(await proxy.traffic()).toMatchObject({ unreached: 1, unreachedReason: 'upstream_refused' });
});

test('an exchange begins with the connection, and whenever bytes follow an answer', async () => {
  const proxy = await openProxy(`tcp://127.0.0.1:${await echo()}`);
  const client = connectTo(proxy.port);
  for (const word of ['one', 'two', 'three']) {
    client.socket.write(word);
    await client.until((text) => text.endsWith(word));
  }
  const { exchanges } = await proxy.takeExchanges();
  expect(
    exchanges.map(({ number, requestBytes, responseBytes, outcome }) => [
      number,
      requestBytes,
      responseBytes,
      outcome,
    ]),
  ).toEqual([
    [0, 3, 3, 'complete'],
    [1, 3, 3, 'complete'],
    [2, 5, 5, 'complete'],
  ]);
  client.socket.end();
  await client.ended;
  expect((await proxy.takeExchanges()).exchanges).toEqual([]);
});
