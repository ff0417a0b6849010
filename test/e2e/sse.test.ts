import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { type Asked, ask, PING } from '../helpers/ask-http.ts';
import { connectTo } from '../helpers/clients.ts';
import { startHttpServer, TOKEN } from '../helpers/http-server.ts';
import { startTarget } from '../helpers/http-target.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };

/** Opens a stream; gives the address for messages and what comes next on it. */
async function openStream(url: string) {
  const sent = httpRequest(new URL('/sse', url), { headers: bearer });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  onTestFinished(() => void sent.destroy());
  const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
  const nextData = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) return null;
      if (value.startsWith('data: ')) return value.slice('data: '.length);
    }
  };
  const path = (await nextData()) ?? '';
  return { answer, path, nextData, hangUp: () => void sent.destroy() };
}

test('an answer comes on the stream of the client that asked, and on no other', async () => {
  const { url } = await startHttpServer();
  const [first, second] = [await openStream(url), await openStream(url)];
  expect(first.answer.headers['content-type']).toBe('text/event-stream');
  expect(first.path).toMatch(/^\/messages\?sessionId=[\w-]{36}$/);
  expect(first.path).not.toBe(second.path);
  const post = (path: string, id: number) =>
    ask(url, { path, headers: bearer, body: JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }) });
  expect((await post(second.path, 2)).status).toBe(202);
  expect((await post(first.path, 1)).status).toBe(202);
  expect(JSON.parse((await first.nextData()) ?? '')).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  expect(JSON.parse((await second.nextData()) ?? '')).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
});

test('stream and messages need the token, a Host and an Origin as everything else does', async () => {
  const { url } = await startHttpServer();
  const { path } = await openStream(url);
  const { port } = new URL(url);
  for (const asked of [
    { method: 'GET', path: '/sse' },
    { path, body: PING },
  ] satisfies Asked[]) {
    expect((await ask(url, asked)).status).toBe(401);
    const elsewhere = { ...bearer, host: `rebound.example:${port}` };
    expect((await ask(url, { ...asked, headers: elsewhere })).status).toBe(403);
    const fromPage = { ...bearer, origin: 'https://evil.example' };
    expect((await ask(url, { ...asked, headers: fromPage })).status).toBe(403);
  }
});

test('what no stream can take is refused with a reason, and the stream lives on', async () => {
  const { url } = await startHttpServer();
  const { path, nextData } = await openStream(url);
  const refused = async (asked: Asked) => {
    const { status, text } = await ask(url, { headers: bearer, path, ...asked });
    return [status, JSON.parse(text).error.code];
  };
  expect(await refused({ path: '/messages', body: PING })).toEqual([404, -32_000]);
  expect(await refused({ path: '/messages?sessionId=guess', body: PING })).toEqual([404, -32_000]);
  expect(await refused({ body: '{"jsonrpc"' })).toEqual([400, -32_700]);
  expect(await refused({ body: '{"hello":1}' })).toEqual([400, -32_600]);
  expect(await refused({ body: `[${PING}]` })).toEqual([400, -32_600]);
  expect(await refused({ body: JSON.stringify({ pad: 'x'.repeat(5_000_000) }) })).toEqual([413, -32_000]);
  expect(await refused({ method: 'GET' })).toEqual([405, -32_000]);
  expect(await refused({ path: '/sse', body: PING })).toEqual([405, -32_000]);
  expect((await ask(url, { headers: bearer, path, body: PING })).status).toBe(202);
  expect(JSON.parse((await nextData()) ?? '')).toMatchObject({ id: 1 });
});

test('a stream that was hung up takes no more messages', async () => {
  const { url } = await startHttpServer();
  const { path, hangUp } = await openStream(url);
  hangUp();
  const status = async () => (await ask(url, { headers: bearer, path, body: PING })).status;
  await expect.poll(status, { timeout: 20_000 }).toBe(404);
});

test('open streams are limited, and one that ends makes room', async () => {
  const { url } = await startHttpServer();
  const streams = await Promise.all(Array.from({ length: 32 }, () => openStream(url)));
  const open = () => ask(url, { method: 'GET', path: '/sse', headers: bearer });
  expect(await open()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect((await ask(url, { headers: bearer, body: PING })).status).toBe(200);
  streams[0]?.hangUp();
  await expect
    .poll(() => openStream(url).then(({ answer }) => answer.statusCode), { timeout: 20_000 })
    .toBe(200);
});

test('requests under way on one stream are limited, and a cancelled one makes room', async () => {
  const target = await startTarget();
  const server = await startHttpServer();
  const { url } = server;
  const { path } = await openStream(url);
  const yaml = `
title: Long
items:
- call: { method: GET, url: "${target.url}/" }
  context: { upstreams: [ "${target.url}" ], faults: [ { type: latency, mean: 20 } ], strategy: { mode: load, duration: 60s, clients: 1, rps: 5, baseline: false }, slo: [ { slo_type: error, objective: 99, threshold: 1 } ] }
`;
  const begun = await (await connectTo(server, '1.x', 'sse')).call('scenario_run', { yaml, wait_seconds: 0 });
  const run_id = /run_[0-9a-f]{16}/.exec(begun.text)?.[0];
  const post = (id: number) => {
    const params = { name: 'run_report', arguments: { run_id, wait_seconds: 60 } };
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
    return ask(url, { path, headers: bearer, body });
  };
  for (let id = 1; id <= 64; id += 1) expect((await post(id)).status).toBe(202);
  expect((await post(65)).status).toBe(503);
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
  await ask(url, { path, headers: bearer, body: JSON.stringify(cancel) });
  expect((await post(65)).status).toBe(202);
});

test('SIGTERM ends the streams and the server', async () => {
  const { child, url } = await startHttpServer();
  const { nextData } = await openStream(url);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await nextData()).toBeNull();
  expect(await exited).toEqual([0, null]);
});
