import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { emptyProgram } from '../../src/proxy/host.ts';
import { programOf } from './support/program.ts';
import { connectTo, openProxy, serveHttp, serveTcp } from './support/servers.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

async function overHttp(faults: readonly object[], options = {}) {
  let requests = 0;
  const upstream = await serveHttp((message, response) => {
    requests += 1;
    message.resume().on('end', () => response.end('0123456789'));
  });
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`, programOf(faults, options));
  return {
    proxy,
    requests: () => requests,
    call: async (headers: Record<string, string> = {}) => {
      const { statusCode, body } = await request(`http://127.0.0.1:${proxy.port}/`, { headers });
      return { status: statusCode, text: await body.text() };
    },
  };
}

async function overTcp(faults: readonly object[], options = {}) {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const proxy = await openProxy(`tcp://127.0.0.1:${upstream}`, programOf(faults, options));
  return { proxy, client: connectTo(proxy.port) };
}

describe('reset', () => {
  test('cuts a live connection by RST once the bytes have passed', async () => {
    const { proxy, client } = await overTcp([{ type: 'reset', after_bytes: 4 }]);
    client.socket.write('123456');
    await client.closed;
    expect(client.text()).toBe('1234');
    expect(client.error()?.code).toBe('ECONNRESET');
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      { outcome: 'cut', injectedMs: null, hits: [{ type: 'reset', flow: 'response' }] },
    ]);
  });

  test('added to a connection that was open long before is felt by it', async () => {
    const { proxy, client } = await overTcp([]);
    client.socket.write('before');
    await client.until((text) => text === 'before');
    await proxy.setProgram(programOf([{ type: 'reset' }]));
    await client.closed;
    expect(client.error()?.code).toBe('ECONNRESET');
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      { outcome: 'complete', hits: [] },
      { outcome: 'cut', continues: true, hits: [{ type: 'reset', flow: 'connection' }] },
    ]);
  });

  test('after a time comes then, and not before', async () => {
    const { client } = await overTcp([{ type: 'reset', after_ms: 40 }]);
    const startedAtMs = systemClock.now();
    await client.closed;
    expect(client.error()?.code).toBe('ECONNRESET');
    expect(systemClock.now() - startedAtMs).toBeGreaterThan(38);
  });
});

test('a reset is felt in a tunnel that an upgrade opened before', async () => {
  const upstream = await serveHttp(
    (_, response) => response.end(),
    (server) =>
      server.on('upgrade', (_message, socket) => {
        socket.on('error', () => undefined);
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
      }),
  );
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`);
  const client = connectTo(proxy.port);
  client.socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  await client.until((text) => text.endsWith('\r\n\r\n'));
  await proxy.setProgram(programOf([{ type: 'reset' }]));
  await client.closed;
  expect(client.error()?.code).toBe('ECONNRESET');
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { path: '/ws', outcome: 'cut', hits: [{ type: 'reset' }] },
  ]);
});

test('close ends in order and truncates the answer', async () => {
  const { proxy } = await overHttp([{ type: 'close', after_bytes: 20 }]);
  const client = connectTo(proxy.port);
  client.socket.write(GET);
  await client.ended;
  expect(client.text()).toBe('HTTP/1.1 200 OK\r\nDat');
  expect(client.error()).toBeNull();
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { outcome: 'cut', hits: [{ type: 'close' }] },
  ]);
});

describe('refuse', () => {
  test('resets each connection, and each attempt is a hit', async () => {
    const { proxy, client } = await overTcp([{ type: 'refuse' }]);
    await client.closed;
    const second = connectTo(proxy.port);
    await second.closed;
    const { exchanges } = await proxy.takeExchanges();
    expect(exchanges).toMatchObject([
      { number: 0, outcome: 'cut', hits: [{ type: 'refuse', flow: 'connection' }] },
      { number: 1, outcome: 'cut', hits: [{ type: 'refuse', flow: 'connection' }] },
    ]);
  });

  test('on HTTP names the exchange and spares the upstream', async () => {
    const { proxy, call, requests } = await overHttp([{ type: 'refuse' }]);
    await expect(call({ 'x-breakwater-exchange': '9' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests()).toBe(0);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ number: 9, outcome: 'cut' }]);
  });

  test('begins with its period, on an idle connection of a pool too', async () => {
    const { proxy, client } = await overTcp([]);
    client.socket.write('one');
    await client.until((text) => text === 'one');
    const epochMs = systemClock.now();
    await proxy.setProgram(programOf([{ type: 'refuse', period: 'start:60ms' }], { epochMs }));
    await client.closed;
    expect(client.error()?.code).toBe('ECONNRESET');
    expect(systemClock.now() - epochMs).toBeGreaterThanOrEqual(60);
  });

  test('is over when its period is', async () => {
    const { call } = await overHttp([{ type: 'refuse', period: 'start:0,duration:1ms' }]);
    await systemClock.sleepUntil(systemClock.now() + 5);
    expect(await call()).toMatchObject({ status: 200 });
  });
});

test('a slow body sends the head at once', async () => {
  const { proxy } = await overHttp([{ type: 'slow_body', chunk_bytes: 4, interval: 400 }]);
  const client = connectTo(proxy.port);
  const startedAtMs = systemClock.now();
  client.socket.write(GET);
  const first = await client.until((text) => text.includes('\r\n\r\n0123'));
  expect(first).not.toContain('456789');
  await client.until((text) => text.endsWith('456789'));
  expect(systemClock.now() - startedAtMs).toBeGreaterThanOrEqual(800);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges).toMatchObject([{ outcome: 'complete', hits: [{ type: 'slow_body', bytes: 6 }] }]);
});

test('fail_first fails exactly so many requests', async () => {
  const { call, requests } = await overHttp([
    { type: 'fail_first', count: 2, fault: { type: 'httperror', status_code: 503 } },
  ]);
  const statuses = [];
  for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await call()).status);
  expect(statuses).toEqual([503, 503, 200, 200]);
  expect(requests()).toBe(2);
});

test('fail_first per client counts each address by itself', async () => {
  const { proxy } = await overHttp([
    { type: 'fail_first', count: 1, per: 'client', fault: { type: 'httperror', status_code: 503 } },
  ]);
  const statusFrom = async (host: string) => {
    const { statusCode, body } = await request(`http://${host}:${proxy.port}/`);
    await body.dump();
    return statusCode;
  };
  const statuses = [];
  for (const host of ['127.0.0.1', '127.0.0.1', '[::1]', '[::1]']) statuses.push(await statusFrom(host));
  expect(statuses).toEqual([503, 200, 503, 200]);
});

describe('dns', () => {
  test('makes an upstream with a name unreachable', async () => {
    const proxy = await openProxy('http://localhost:1', programOf([{ type: 'dns', failure: 'nxdomain' }]));
    const { statusCode, headers, body } = await request(`http://127.0.0.1:${proxy.port}/`);
    await body.dump();
    expect([statusCode, headers['x-breakwater']]).toEqual([502, 'injected_dns_nxdomain']);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      { hits: [{ type: 'dns', flow: 'connection' }] },
    ]);
    // What a fault does is no trouble with the upstream.
    expect(await proxy.traffic()).toMatchObject({ unreached: 0, unreachedReason: null });
  });

  test('does nothing to an upstream that has an address', async () => {
    const { proxy, call } = await overHttp([{ type: 'dns' }]);
    expect(await call()).toMatchObject({ status: 200 });
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ hits: [] }]);
  });
});

describe('blackhole', () => {
  test('accepts, stays silent, and is in the ledger when the client gives up', async () => {
    const { proxy } = await overHttp([{ type: 'blackhole', direction: 'egress' }]);
    const client = connectTo(proxy.port);
    client.socket.write(GET);
    await expect.poll(async () => (await proxy.traffic()).hits, { interval: 5, timeout: 5_000 }).toBe(1);
    client.socket.destroy();
    await client.closed;
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      {
        outcome: 'client_gone',
        injectedMs: null,
        hits: [{ type: 'blackhole', flow: 'request', delayMs: null }],
      },
    ]);
    expect(await proxy.traffic()).toMatchObject({ openConnections: 0 });
  });

  test('is felt by a pool that was open before, whose exchange can be asked for unfinished', async () => {
    const { proxy, client } = await overTcp([]);
    client.socket.write('one');
    await client.until((text) => text === 'one');
    await proxy.setProgram(programOf([{ type: 'blackhole' }]));
    client.socket.write('two');
    await expect.poll(async () => (await proxy.traffic()).hits, { interval: 5, timeout: 5_000 }).toBe(1);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ number: 0, outcome: 'complete' }]);
    const { exchanges } = await proxy.takeExchanges({ unfinished: true });
    expect(exchanges).toMatchObject([{ number: 0, outcome: 'unfinished', hits: [{ type: 'blackhole' }] }]);
    await proxy.setProgram(emptyProgram());
    await client.until((text) => text === 'onetwo');
  });
});

describe('httperror', () => {
  test('in the response phase replaces what the upstream answered', async () => {
    const { proxy, call, requests } = await overHttp([
      { type: 'httperror', phase: 'response', status_code: 502, body: 'no' },
    ]);
    expect(await call()).toEqual({ status: 502, text: 'no' });
    expect(await call()).toEqual({ status: 502, text: 'no' });
    expect(requests()).toBe(2);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      { outcome: 'injected', hits: [{ flow: 'response', status: 502 }] },
      { outcome: 'injected' },
    ]);
  });

  test('keeps the order of pipelined requests', async () => {
    const { proxy } = await overHttp([{ type: 'httperror', status_code: 503, body: 'E', probability: 0.5 }], {
      seed: 3,
    });
    const client = connectTo(proxy.port);
    const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
    client.socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    await client.until((text) => (text.match(/HTTP\/1\.1/g) ?? []).length === 8);
    const statuses = [...client.text().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    const { exchanges } = await proxy.takeExchanges();
    expect(exchanges.toSorted((a, b) => a.number - b.number).map(({ status }) => status)).toEqual(statuses);
    client.socket.end();
    await client.ended;
    expect(client.text().match(/HTTP\/1\.1/g)).toHaveLength(8);
  });

  test('answers a client that waits for 100 Continue, and closes, as the body may never come', async () => {
    const { proxy } = await overHttp([{ type: 'httperror', status_code: 503 }]);
    const client = connectTo(proxy.port);
    client.socket.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n');
    await client.ended;
    expect(client.text()).toMatch(/^HTTP\/1\.1 503 .*connection: close\r\n/s);
  });

  test('is answered when the whole request has come, a large one too', async () => {
    const { proxy } = await overHttp([{ type: 'httperror', status_code: 503 }]);
    const { statusCode, body } = await request(`http://127.0.0.1:${proxy.port}/`, {
      method: 'POST',
      body: Buffer.alloc(3_000_000),
    });
    await body.dump();
    expect(statusCode).toBe(503);
    expect((await proxy.takeExchanges()).exchanges[0]?.requestBytes).toBeGreaterThan(3_000_000);
  });

  test('answers HEAD without a body', async () => {
    const { proxy } = await overHttp([{ type: 'httperror', status_code: 500, body: 'text' }]);
    const client = connectTo(proxy.port);
    client.socket.write('HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await client.ended;
    expect(client.text()).toMatch(/content-length: 4\r\n.*\r\n\r\n$/s);
  });

  test('is slowed by a latency on the response, whichever stands first', async () => {
    const { proxy, call } = await overHttp([
      { type: 'latency', mean: 30 },
      { type: 'httperror', status_code: 500 },
    ]);
    await call();
    const { exchanges } = await proxy.takeExchanges();
    expect(exchanges[0]?.injectedMs).toBeGreaterThanOrEqual(30);
    expect(exchanges[0]?.hits.map(({ type }) => type)).toEqual(['latency', 'httperror']);
  });
});

test('a large request to an upstream that is down is answered with 502', async () => {
  const proxy = await openProxy('http://127.0.0.1:1');
  const { statusCode, body } = await request(`http://127.0.0.1:${proxy.port}/`, {
    method: 'POST',
    body: Buffer.alloc(3_000_000),
  });
  await body.dump();
  expect(statusCode).toBe(502);
});

test('a period is felt by open connections, and only by what comes in it', async () => {
  const { proxy, client } = await overTcp([{ type: 'latency', mean: 50, global: false, period: 'start:1h' }]);
  client.socket.write('one');
  await client.until((text) => text === 'one');
  await proxy.setProgram(
    programOf([{ type: 'latency', mean: 50, global: false, period: 'start:1s,duration:1h' }], {
      epochMs: systemClock.now() - 2_000,
    }),
  );
  const sentAtMs = systemClock.now();
  client.socket.write('two');
  await client.until((text) => text === 'onetwo');
  expect(systemClock.now() - sentAtMs).toBeGreaterThanOrEqual(50);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ hits }) => hits.length)).toEqual([0, 1]);
});

test('delays of both flows add up in what was injected', async () => {
  const { proxy, call } = await overHttp([{ type: 'latency', mean: 25, direction: 'both' }]);
  const startedAtMs = systemClock.now();
  await call();
  const tookMs = systemClock.now() - startedAtMs;
  const injectedMs = (await proxy.takeExchanges()).exchanges[0]?.injectedMs ?? 0;
  expect(injectedMs).toBeGreaterThanOrEqual(50);
  expect(injectedMs).toBeLessThan(tookMs);
});

test('the same seed and the same requests give the same ledger, whatever connection carries them', async () => {
  const faults = [
    { type: 'latency', mean: 3, stddev: 2, probability: 0.5 },
    { type: 'httperror', status_code: 500, probability: 0.3 },
  ];
  const ledger = async (numbers: readonly number[], seed: number) => {
    const { proxy, call } = await overHttp(faults, { seed });
    await Promise.all(numbers.map((number) => call({ 'x-breakwater-exchange': String(number) })));
    const { exchanges } = await proxy.takeExchanges();
    return exchanges
      .map(({ number, status, hits }) => [
        number,
        status,
        hits
          .map(({ type }) => type)
          .sort()
          .join(),
      ])
      .sort(([a], [b]) => Number(a) - Number(b));
  };
  const numbers = Array.from({ length: 30 }, (_, index) => index);
  const first = await ledger(numbers, 7);
  expect(await ledger(numbers.toReversed(), 7)).toEqual(first);
  expect(await ledger(numbers, 8)).not.toEqual(first);
});

test('bandwidth is shared by all connections', async () => {
  const upstream = await serveHttp((_, response) => response.end(Buffer.alloc(50_000)));
  const proxy = await openProxy(
    `http://127.0.0.1:${upstream}`,
    programOf([{ type: 'bandwidth', rate: 1, unit: 'MBps' }]),
  );
  const startedAtMs = systemClock.now();
  await Promise.all(
    Array.from({ length: 4 }, async () => (await request(`http://127.0.0.1:${proxy.port}/`)).body.dump()),
  );
  // 200 kB at 1 MB/s, less the burst of 10 ms.
  expect(systemClock.now() - startedAtMs).toBeGreaterThanOrEqual(190);
});

test('bandwidth at a low rate lets bytes trickle, it does not hold back a buffer full of them', async () => {
  const upstream = await serveTcp((socket) => socket.write(Buffer.alloc(60_000)));
  const proxy = await openProxy(
    `tcp://127.0.0.1:${upstream}`,
    programOf([{ type: 'bandwidth', rate: 20, unit: 'KBps', burst: 0 }]),
  );
  const startedAtMs = systemClock.now();
  const client = connectTo(proxy.port);
  await client.until((text) => text.length >= 4_000);
  // As one piece, the first byte would come after 3 s with all the others.
  const { length } = client.bytes();
  expect(length).toBeLessThan(60_000);
  // Never faster than the rate: 20 B for each ms.
  expect(length).toBeLessThanOrEqual((systemClock.now() - startedAtMs) * 20);
  expect(systemClock.now() - startedAtMs).toBeGreaterThanOrEqual(200);
});
