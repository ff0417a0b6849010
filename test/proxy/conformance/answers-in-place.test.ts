import { expect, test } from 'vitest';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveTcp } from '../support/servers.ts';

const REQUEST = 'GET /place HTTP/1.1\r\nHost: x\r\n';
const IN_PLACE = { type: 'httperror', status_code: 503, body: 'instead', phase: 'response' };

/** A client of a proxy whose upstream answers each request with `answer`. */
async function askFor(answer: string, faults: readonly object[]) {
  const port = await serveTcp((socket) => socket.on('data', () => socket.write(answer)));
  const proxy = await openProxy(`http://127.0.0.1:${port}`, programOf(faults));
  return { proxy, client: connectTo(proxy.port) };
}

test.each([
  ['at once', []],
  ['after a delay', [{ type: 'latency', mean: 20 }]],
])(
  'an error in place of an upgrade ends the connection, and nothing of the tunnel is seen: %s',
  async (_, before) => {
    const { client, proxy } = await askFor(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\ntunnel',
      [...before, IN_PLACE],
    );
    client.socket.write(`${REQUEST}Upgrade: echo\r\nConnection: Upgrade\r\n\r\n`);
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 503 .*connection: close\r\n\r\ninstead$/s);
    client.socket.destroy();
    await client.closed;
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ status: 503, outcome: 'injected' }]);
  },
);

test.each([
  ['says so', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
  ['has no length', 'HTTP/1.1 200 OK\r\n\r\nok'],
  [
    'is a stream of events',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n',
  ],
  ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
])(
  'an error in place of an answer that ends its connection ends it too: the answer %s',
  async (_, answer) => {
    const { client } = await askFor(answer, [IN_PLACE]);
    client.socket.write(`${REQUEST}\r\n`);
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 503 .*connection: close\r\n\r\ninstead$/s);
  },
);

test.each([
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
])('an error in place of %j leaves the connection open', async (answer) => {
  const { client } = await askFor(answer, [IN_PLACE]);
  for (const count of [1, 2]) {
    client.socket.write(`${REQUEST}\r\n`);
    await client.until((text) => text.split('connection: keep-alive\r\n\r\ninstead').length > count);
  }
});

test.each([
  [
    'behind a delay',
    [
      { type: 'latency', mean: 30 },
      { ...IN_PLACE, phase: 'request' },
    ],
    /503 .*\r\n\r\ninstead$/s,
  ],
  [
    'in slices',
    [
      { type: 'slow_body', chunk_bytes: 3, interval: 5 },
      { ...IN_PLACE, phase: 'request' },
    ],
    /\ninstead$/,
  ],
  ['for an upstream that is down', [{ type: 'latency', mean: 30 }], /^HTTP\/1\.1 502 .*"\}\n$/s],
])(
  'a client that has ended its half gets the proxy’s own answer whole, then the end: %s',
  async (_, faults, whole) => {
    const proxy = await openProxy('http://127.0.0.1:1', programOf(faults));
    const client = connectTo(proxy.port);
    client.socket.end(`${REQUEST}\r\n`);
    await client.ended;
    expect(client.text()).toMatch(whole);
    expect(client.error()).toBeNull();
  },
);

test('an error has the date that it is given, and no other beside it', async () => {
  const headers = { Date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'Retry-After': '7' };
  const proxy = await openProxy('http://127.0.0.1:1', programOf([{ type: 'httperror', headers }]));
  const client = connectTo(proxy.port);
  client.socket.end(`${REQUEST}\r\n`);
  await client.ended;
  expect(client.text().match(/^(?:date|retry-after): .*(?=\r$)/gim)).toEqual([
    `Date: ${headers.Date}`,
    'Retry-After: 7',
  ]);
});
