import { request } from 'node:http';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { parseListen, parseUpstream } from '../../src/toxiproxy/addresses.ts';
import { checkCaller } from '../../src/toxiproxy/guard.ts';
import { serveToxiproxy } from '../../src/toxiproxy/server.ts';
import { readToxic } from '../../src/toxiproxy/toxic.ts';
import { connectTo, serveTcp } from '../proxy/support/servers.ts';
import { call, openApi, portOf } from './support/api.ts';

test('errors are answered as Toxiproxy answers them', async () => {
  const upstream = `127.0.0.1:${await serveTcp((socket) => socket.end())}`;
  const { url } = await openApi();
  const proxies = `${url}/proxies`;
  const db = { name: 'db', listen: '127.0.0.1:0', upstream };
  expect(await call(`${proxies}/db`)).toEqual(answer(404, 'proxy not found'));
  expect(await call(proxies, 'POST', { upstream })).toEqual(answer(400, 'missing required field: name'));
  expect(await call(proxies, 'POST', { name: 'db' })).toEqual(
    answer(400, 'missing required field: upstream'),
  );
  expect(await call(`${url}/populate`, 'POST', [db, { name: 'x' }])).toEqual(
    answer(400, 'missing required field: upstream at proxy 2'),
  );
  expect((await call(proxies)).body).toEqual({});
  expect((await call(proxies, 'POST', db)).status).toBe(201);
  expect(await call(proxies, 'POST', db)).toEqual(answer(409, 'proxy already exists'));
  expect(await call(proxies, 'POST', '{"name":')).toEqual(answer(400, 'bad request body: it is not JSON'));
  expect(await call(`${proxies}/db/toxics/x`, 'DELETE')).toEqual(answer(404, 'toxic not found'));
  const toxic = { type: 'latency', attributes: { latency: 1 } };
  const added = await call(`${proxies}/db/toxics`, 'POST', toxic);
  expect(added).toEqual({
    status: 200,
    body: {
      attributes: { latency: 1, jitter: 0 },
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    },
  });
  expect(await call(`${proxies}/db/toxics`, 'POST', toxic)).toEqual(answer(409, 'toxic already exists'));
  expect(await call(`${url}/nothing`)).toEqual(answer(404, 'path not found'));
  expect((await call(`${proxies}/db`, 'PUT', {})).status).toBe(405);
});

test('null is what a client was not given, and a stream is named in any case', async () => {
  const upstream = `127.0.0.1:${await serveTcp((socket) => socket.end())}`;
  const { url } = await openApi();
  const toxics = `${url}/proxies/db/toxics`;
  const opened = await call(`${url}/proxies`, 'POST', {
    name: 'db',
    listen: null,
    upstream,
    enabled: null,
    toxics: null,
  });
  expect(opened).toMatchObject({ status: 201, body: { enabled: true, toxics: [] } });
  const toxic = { name: null, type: 'limit_data', stream: null, toxicity: null, attributes: null };
  expect(await call(toxics, 'POST', toxic)).toEqual({
    status: 200,
    body: {
      name: 'limit_data_downstream',
      type: 'limit_data',
      stream: 'downstream',
      toxicity: 1,
      attributes: { bytes: 0 },
    },
  });
  const latency = {
    type: 'latency',
    stream: 'UPSTREAM',
    toxicity: 0.5,
    attributes: { latency: 7, jitter: null },
  };
  const body = {
    ...latency,
    name: 'latency_upstream',
    stream: 'upstream',
    attributes: { latency: 7, jitter: 0 },
  };
  expect(await call(toxics, 'POST', latency)).toEqual({ status: 200, body });
  const unchanged = { toxicity: null, attributes: null };
  expect(await call(`${toxics}/latency_upstream`, 'POST', unchanged)).toEqual({ status: 200, body });
});

test('metrics are there as Prometheus reads them, names escaped', async () => {
  const upstream = `127.0.0.1:${await serveTcp((socket) => socket.end('12345'))}`;
  const { url } = await openApi();
  const name = 'a"b';
  const opened = await call(`${url}/proxies`, 'POST', { name, listen: '127.0.0.1:0', upstream });
  const labels = `proxy="a\\"b",listener="${opened.body.listen}",upstream="${upstream}"`;
  const peer = connectTo(portOf(opened.body));
  await peer.until((text) => text === '12345');
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('# TYPE toxiproxy_proxy_received_bytes_total counter');
  expect(lines).toContain(`toxiproxy_proxy_received_bytes_total{direction="downstream",${labels}} 5`);
  expect(lines).toContain(`breakwater_proxy_connections_total{${labels}} 1`);
  expect(lines.filter((line) => !/^(# (HELP|TYPE) \w+ \S.*|\w+\{.*\} \d+|)$/.test(line))).toEqual([]);
});

test('sent bytes are those that toxics let through, of open connections and of those that have ended', async () => {
  const upstream = `127.0.0.1:${await serveTcp((socket) => socket.pipe(socket))}`;
  const { url } = await openApi();
  const opened = await call(`${url}/proxies`, 'POST', { name: 'db', listen: '127.0.0.1:0', upstream });
  const counted = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return ['received', 'sent'].flatMap((what) =>
      ['upstream', 'downstream'].map((direction) =>
        Number(
          new RegExp(`^toxiproxy_proxy_${what}_bytes_total{direction="${direction}",.*} (\\d+)$`, 'm').exec(
            text,
          )?.[1],
        ),
      ),
    );
  };
  const first = connectTo(portOf(opened.body));
  first.socket.write('12345');
  await first.until((text) => text === '12345');
  expect(await counted()).toEqual([5, 5, 5, 5]);
  first.socket.end();
  await first.ended;
  const limit = { name: 'limit', type: 'limit_data', stream: 'downstream', attributes: { bytes: 3 } };
  expect((await call(`${url}/proxies/db/toxics`, 'POST', limit)).status).toBe(200);
  const second = connectTo(portOf(opened.body));
  second.socket.write('1234567');
  await second.ended;
  expect(second.text()).toBe('123');
  expect(await counted()).toEqual([12, 12, 12, 8]);
});

test.each([
  [{ type: 'latancy' }, 'invalid toxic type: "latancy" is none of latency, bandwidth'],
  [{ type: 'constructor' }, 'invalid toxic type'],
  [{ type: 'down' }, 'set "enabled" of the proxy to false'],
  [{ type: 'latency', stream: 'sideways' }, 'stream was invalid, can be either upstream or downstream'],
  [{ type: 'latency', attributes: { delay: 1 } }, 'unknown attribute "delay" of latency'],
  [{ type: 'latency', attributes: { latency: -1 } }, 'bad request body: attributes.latency'],
  [{ type: 'latency', attributes: { latency: '5' } }, 'bad request body: attributes.latency'],
  [{ type: 'latency', toxicity: 2 }, 'bad request body: toxicity'],
  [{ type: 'slicer', attributes: {} }, 'average_size must be at least 1 byte'],
  [
    { type: 'slicer', attributes: { average_size: 5, size_variation: 5 } },
    'size_variation must be below average_size (5), got 5',
  ],
  [{ type: 'slow_close', attributes: { delay: -1 } }, 'bad request body: attributes.delay'],
  [[], 'bad request body'],
])('a toxic that does not fit is refused: %j', (raw, message) => {
  expect(() => readToxic(raw)).toThrow(expect.objectContaining({ status: 400 }));
  expect(() => readToxic(raw)).toThrow(message);
});

test('an upstream that the policy does not allow is 403, and nothing is opened', async () => {
  const { url } = await openApi();
  const wish = { name: 'x', listen: '127.0.0.1:0', upstream: '192.0.2.1:80' };
  const { status, body } = await call(`${url}/proxies`, 'POST', wish);
  expect([status, body.status]).toEqual([403, 403]);
  expect(body.error).toMatch(/192\.0\.2\.1.*not an allowed target/);
  expect((await call(`${url}/populate`, 'POST', [wish])).status).toBe(403);
  expect((await call(`${url}/proxies`)).body).toEqual({});
});

test('a taken port is an error that names it', async () => {
  const upstream = `127.0.0.1:${await serveTcp((socket) => socket.end())}`;
  const { url } = await openApi();
  const { status, body } = await call(`${url}/proxies`, 'POST', { name: 'x', listen: upstream, upstream });
  expect(status).toBe(500);
  expect(body.error).toContain(`Port ${upstream.split(':')[1]} is taken`);
  expect((await call(`${url}/proxies`)).body).toEqual({});
});

test('a taken port of the API itself is an error that names another', async () => {
  const { server } = await openApi();
  const again = serveToxiproxy({
    listen: `127.0.0.1:${server.port}`,
    host: () => Promise.reject(new Error('not asked for')),
    clock: systemClock,
    seed: 1,
    checkTarget: async () => undefined,
  });
  await expect(again).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});

test('a body of more than a mebibyte is refused with 413', async () => {
  const { url } = await openApi();
  const body = `{"name":"${'x'.repeat(1_200_000)}"}`;
  expect((await call(`${url}/proxies`, 'POST', body)).status).toBe(413);
});

test('a name that points here (DNS rebinding) is refused with 403', async () => {
  const { server } = await openApi();
  const status = await new Promise((resolve) => {
    request({ port: server.port, host: '127.0.0.1', path: '/proxies', headers: { host: 'evil.test' } })
      .on('response', (response) => resolve(response.resume().statusCode))
      .end();
  });
  expect(status).toBe(403);
});

test('callers: loopback names pass, other hosts, origins and browsers do not', () => {
  const check = (headers: Record<string, string>) => () => checkCaller({ headers });
  for (const host of ['127.0.0.1:8474', 'localhost', '[::1]:8474']) expect(check({ host })).not.toThrow();
  for (const host of ['localhost.evil.test', '127.0.0.1.evil.test:8474', '10.0.0.1', '']) {
    expect(check({ host })).toThrow('host not allowed');
  }
  const host = '127.0.0.1:8474';
  expect(check({ host, origin: 'http://localhost:3000' })).not.toThrow();
  expect(check({ host, origin: 'https://evil.test' })).toThrow('origin not allowed');
  expect(check({ host, origin: 'null' })).toThrow('origin not allowed');
  expect(check({ host, 'sec-fetch-site': 'cross-site' })).toThrow('origin not allowed');
  expect(check({ host, 'user-agent': 'Mozilla/5.0' })).toThrow('User agent not allowed');
});

test('listen addresses are loopback ports; upstreams are HOST:PORT', () => {
  expect(['', ':8666', 'localhost:0', '[::1]:70', '127.0.0.1:65535'].map(parseListen)).toEqual([
    0, 8666, 0, 70, 65_535,
  ]);
  for (const text of ['0.0.0.0:80', '[::]:80', 'shop.test:80']) {
    expect(() => parseListen(text)).toThrow('listens on loopback only');
  }
  for (const text of ['80', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:x']) {
    expect(() => parseListen(text)).toThrow('Expected a listen address');
  }
  expect(parseUpstream('[::1]:5432')).toEqual({ protocol: 'tcp', host: '::1', port: 5432 });
  for (const text of ['http://127.0.0.1:80', '5000=127.0.0.1:80', '127.0.0.1', '127.0.0.1:0']) {
    expect(() => parseUpstream(text)).toThrow();
  }
});

function answer(status: number, error: string) {
  return { status, body: expect.objectContaining({ status, error }) };
}
