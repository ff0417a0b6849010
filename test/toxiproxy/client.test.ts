import { expect, test } from 'vitest';
import { connectTo, serveTcp } from '../proxy/support/servers.ts';
import { call, openApi, portOf } from './support/api.ts';

const echo = () => serveTcp((socket) => socket.pipe(socket));
const down = (port: number) => `127.0.0.1:${port}`;

test('a client creates a proxy that passes bytes, finds it again and removes it', async () => {
  const upstream = down(await echo());
  const { client } = await openApi();
  const proxy = await client.createProxy({ name: 'db', listen: '127.0.0.1:0', upstream });
  expect(proxy.toJson()).toEqual({ enabled: true, listen: proxy.listen, name: 'db', upstream });
  const peer = connectTo(portOf(proxy));
  peer.socket.write('hello');
  await peer.until((text) => text === 'hello');
  expect((await client.get('db')).listen).toBe(proxy.listen);
  expect(Object.keys(await client.getAll())).toEqual(['db']);
  await proxy.remove();
  await peer.ended;
  expect(await client.getAll()).toEqual({});
  await expect(client.get('db')).rejects.toThrow('404');
});

test('a client that disables a proxy has its connections refused, until it enables it on the same port', async () => {
  const upstream = down(await echo());
  const { client } = await openApi();
  const proxy = await client.createProxy({ name: 'db', listen: 'localhost:0', upstream });
  const live = connectTo(portOf(proxy));
  live.socket.write('a');
  await live.until((text) => text === 'a');
  const { listen } = proxy;
  expect((await proxy.update({ enabled: false, listen, upstream })).enabled).toBe(false);
  await live.ended;
  const refused = connectTo(portOf(proxy));
  await refused.closed;
  expect(refused.error()?.code).toBe('ECONNREFUSED');
  expect((await proxy.update({ enabled: true, listen, upstream })).listen).toBe(listen);
  const again = connectTo(portOf(proxy));
  again.socket.write('b');
  await again.until((text) => text === 'b');
});

test('a client moves a proxy to another upstream; toxics stay', async () => {
  const first = await serveTcp((socket) => socket.end('first'));
  const second = await serveTcp((socket) => socket.end('second'));
  const { client, url } = await openApi();
  const proxy = await client.createProxy({ name: 'db', listen: '', upstream: down(first) });
  await proxy.addToxic(toxic('latency', { latency: 1, jitter: 0 }));
  const { status, body } = await call(`${url}/proxies/db`, 'PATCH', { upstream: down(second) });
  expect([status, body.upstream, body.toxics.length]).toEqual([200, down(second), 1]);
  const peer = connectTo(portOf(proxy));
  await peer.ended;
  expect(peer.text()).toBe('second');
});

test('populate opens all, keeps what is there with its toxics, and replaces what differs', async () => {
  const upstream = down(await echo());
  const other = down(await echo());
  const { client, url } = await openApi();
  const wish = (name: string, to = upstream) => ({ name, listen: '127.0.0.1:0', upstream: to });
  const first = await client.populate([wish('a'), wish('b')] as never);
  await first.a?.addToxic(toxic('latency', { latency: 5, jitter: 0 }));
  const second = await client.populate([wish('a'), wish('b', other)] as never);
  expect(second.a?.listen).toBe(first.a?.listen);
  expect(second.b?.upstream).toBe(other);
  const { body } = await call(`${url}/proxies/a/toxics`);
  expect(body.map((each: { name: string }) => each.name)).toEqual(['latency']);
});

test('what GET /proxies shows can be given to populate, toxics included', async () => {
  const upstream = down(await echo());
  const { client, url } = await openApi();
  const proxy = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream });
  await proxy.addToxic(toxic('bandwidth', { rate: 10 }));
  const shown = (await call(`${url}/proxies`)).body;
  await proxy.remove();
  const { status, body } = await call(`${url}/populate`, 'POST', Object.values(shown));
  expect([status, body]).toEqual([201, { proxies: Object.values(shown) }]);
});

test('reset takes all toxics away and enables all proxies', async () => {
  const upstream = down(await echo());
  const { client } = await openApi();
  const proxy = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream });
  const off = await client.createProxy({ name: 'b', listen: '127.0.0.1:0', upstream, enabled: false });
  expect(off.enabled).toBe(false);
  await proxy.addToxic(toxic('timeout', { timeout: 0 }));
  const peer = connectTo(portOf(proxy));
  peer.socket.write('held');
  await client.reset();
  await peer.until((text) => text === 'held');
  expect((await client.get('b')).enabled).toBe(true);
});

test('the version says which API is spoken and by whom', async () => {
  const { client } = await openApi();
  expect(await client.getVersion()).toMatch(/^2\.5\.0\+breakwater\.\d+\.\d+\.\d+/);
});

function toxic<Attributes>(type: string, attributes: Attributes, more: object = {}) {
  return { name: type, type, stream: 'downstream', toxicity: 1, attributes, ...more } as never;
}
