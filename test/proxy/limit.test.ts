import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readFault } from '../../src/proxy/fault-schema.ts';
import { checkFit } from '../../src/proxy/fit.ts';
import { matchLimit } from '../../src/proxy/limit.ts';
import { parseMapping } from '../../src/proxy/mapping.ts';
import type { FaultLimit } from '../../src/types-fault.ts';
import { programOf } from './support/program.ts';
import { connectTo, openProxy, serveHttp } from './support/servers.ts';

const NO_LIMIT: FaultLimit = { methods: [], path: null, header: null };

function fits(limit: Partial<FaultLimit>, line: string, headers: Record<string, string[]> = {}): boolean {
  const [method = '', target = ''] = line.split(' ');
  return matchLimit({ ...NO_LIMIT, ...limit })({ method, target, values: (name) => headers[name] ?? [] });
}

describe('a limit fits', () => {
  test('one of the methods', () => {
    expect(fits({ methods: ['POST', 'PUT'] }, 'PUT /x')).toBe(true);
    expect(fits({ methods: ['POST', 'PUT'] }, 'GET /x')).toBe(false);
  });

  test.each([
    ['/orders/**', 'GET /orders/7/items', true],
    ['/orders/**', 'GET /users/7', false],
    ['/orders', 'GET /orders?id=7', true],
    ['/orders', 'GET /orders/7', false],
    ['/orders/{order_id}', 'GET /orders/7?x=/y', true],
    ['/orders/{order_id}', 'GET /orders/7/items', false],
    ['/{orders,users}/?', 'GET /users/7', true],
    ['/orders', 'GET http://shop.test/orders?id=7', true],
    ['/', 'GET http://shop.test', true],
    ['/Orders', 'GET /orders', false],
  ])('path %s: %s is %s', (path, line, expected) => {
    expect(fits({ path }, line)).toBe(expected);
  });

  test('a header by its name in any case, or by name and exact value in one of several fields', () => {
    const headers = { 'x-tenant': ['silver', 'gold'] };
    expect(fits({ header: 'X-Tenant' }, 'GET /', headers)).toBe(true);
    expect(fits({ header: 'X-Tenant: gold' }, 'GET /', headers)).toBe(true);
    expect(fits({ header: 'X-Tenant: Gold' }, 'GET /', headers)).toBe(false);
    expect(fits({ header: 'X-Other' }, 'GET /', headers)).toBe(false);
  });

  test('only when all that is given fits, and never what is no request', () => {
    expect(fits({ methods: ['GET'], path: '/x' }, 'GET /x')).toBe(true);
    expect(fits({ methods: ['GET'], path: '/y' }, 'GET /x')).toBe(false);
    expect(matchLimit(NO_LIMIT)(null)).toBe(false);
  });
});

describe('on raw TCP', () => {
  const psql = parseMapping('psql://127.0.0.1:5432').upstream;
  const refuse = (raw: object) => () => checkFit([readFault({ type: 'latency' }), readFault(raw)], psql);

  test('a limited fault and an HTTP fault are refused by their place', () => {
    expect(refuse({ type: 'latency', only: { path: '/x' } })).toThrow(
      'faults.1 (latency): "only" needs HTTP, and psql://127.0.0.1:5432 is raw TCP',
    );
    expect(refuse({ type: 'httperror' })).toThrow('faults.1 (httperror): httperror needs HTTP');
    expect(refuse({ type: 'fail_first', count: 1, fault: { type: 'httperror' } })).toThrow('faults.1');
  });

  test('other faults are not', () => {
    expect(refuse({ type: 'fail_first', count: 1, fault: { type: 'reset' } })).not.toThrow();
  });
});

async function overHttp(faults: readonly object[], options = {}) {
  const upstream = await serveHttp((message, response) => {
    message.resume().on('end', () => response.end('0123456789'));
  });
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`, programOf(faults, options));
  const call = async (line: string, headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const startedAtMs = systemClock.now();
    const { statusCode, body } = await request(`http://127.0.0.1:${proxy.port}${path}`, {
      method: method as 'GET',
      headers,
    });
    await body.dump();
    return { status: statusCode, tookMs: systemClock.now() - startedAtMs };
  };
  return { proxy, call };
}

test('an HTTP error acts on the requests that it is limited to, and on no others', async () => {
  const only = { methods: ['POST'], path: '/orders/**', header: 'X-Tenant: gold' };
  const { proxy, call } = await overHttp([{ type: 'httperror', status_code: 503, only }]);
  const gold = { 'x-tenant': 'gold' };
  expect((await call('POST /orders/7', gold)).status).toBe(503);
  expect((await call('GET /orders/7', gold)).status).toBe(200);
  expect((await call('POST /users/7', gold)).status).toBe(200);
  expect((await call('POST /orders/7')).status).toBe(200);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ hits, outsideOf }) => [hits.length, outsideOf])).toEqual([
    [1, undefined],
    [0, [0]],
    [0, [0]],
    [0, [0]],
  ]);
});

test('requests that do not fit are not counted by fail_first', async () => {
  const { call } = await overHttp([
    { type: 'fail_first', count: 2, fault: { type: 'httperror', status_code: 503 }, only: { path: '/pay' } },
  ]);
  const statuses = [];
  for (const path of ['/pay', '/', '/', '/pay', '/pay']) statuses.push((await call(`GET ${path}`)).status);
  expect(statuses).toEqual([503, 200, 200, 503, 200]);
});

test('what a fault draws for a request does not depend on whether others fit', async () => {
  const paths = ['/a', '/b', '/b', '/a', '/b', '/a', '/a', '/b', '/a', '/a'];
  const draws = async (only: object) => {
    const { call } = await overHttp([{ type: 'httperror', probability: 0.5, ...only }], { seed: 5 });
    const statuses = [];
    for (const path of paths) statuses.push((await call(`GET ${path}`)).status);
    return statuses;
  };
  const all = await draws({});
  expect(new Set(all).size).toBe(2);
  const limited = await draws({ only: { path: '/a' } });
  expect(limited).toEqual(all.map((status, index) => (paths[index] === '/a' ? status : 200)));
});

test('connection faults beside it act on every request of the same connection', async () => {
  const { proxy } = await overHttp([
    { type: 'latency', mean: 60, side: 'client', direction: 'ingress' },
    { type: 'httperror', status_code: 503, only: { path: '/orders' } },
    { type: 'bandwidth', rate: 20, unit: 'KBps', burst: 1 },
  ]);
  const client = connectTo(proxy.port);
  const ask = async (path: string, answer: RegExp) => {
    const startedAtMs = systemClock.now();
    client.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await client.until((text) => answer.test(text));
    return systemClock.now() - startedAtMs;
  };
  expect(await ask('/orders', /^HTTP\/1\.1 503 .*"status":503\}\n$/s)).toBeGreaterThan(60);
  expect(await ask('/', /\}\nHTTP\/1\.1 200 .*0123456789$/s)).toBeGreaterThan(60);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ connection, hits }) => [connection, hits.map(({ type }) => type).sort()])).toEqual([
    [0, ['bandwidth', 'httperror', 'latency']],
    [0, ['bandwidth', 'latency']],
  ]);
});

test('a close limited to a path cuts that answer, after others passed whole', async () => {
  const { proxy } = await overHttp([{ type: 'close', after_bytes: 4, only: { path: '/cut' } }]);
  const client = connectTo(proxy.port);
  client.socket.write('GET /whole HTTP/1.1\r\nHost: x\r\n\r\n');
  const whole = await client.until((text) => text.endsWith('0123456789'));
  client.socket.write('GET /cut HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.ended;
  expect(client.text()).toBe(`${whole}HTTP`);
});
