import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { expect, onTestFinished, test } from 'vitest';
import { readMessage } from '../../src/transport/http-message.ts';
import { createSessions } from '../../src/transport/sessions.ts';

const ACCEPT = 'application/json, text/event-stream';

/** Serves sessions only, two at most. */
async function startSessions(idleMs: number) {
  const sessions = createSessions(() => new McpServer({ name: 'small', version: '1' }), {
    ...{ onError: () => undefined, keepAliveMs: 60_000, most: 2, idleMs },
  });
  const server = createServer(async (request, response) => {
    const read = request.method === 'POST' ? await readMessage(request) : null;
    const body = read?.ok === true ? read.body : undefined;
    if (sessions.concerns(request, body)) return sessions.answer(request, response, body);
    response.writeHead(418).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await sessions.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = async (method: string, session: string | null, message?: object, accept = ACCEPT) => {
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method,
      headers: {
        ...{ accept, 'content-type': 'application/json' },
        ...(session === null ? {} : { 'mcp-session-id': session }),
      },
      ...(message === undefined ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
    });
    return answer;
  };
  const post = async (session: string, message: object) => {
    const answer = await send('POST', session, message);
    await answer.text();
    return answer.status;
  };
  const initialize = async (capabilities: object = { elicitation: {} }, accept = ACCEPT) => {
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo };
    const answer = await send('POST', null, { id: 0, method: 'initialize', params }, accept);
    await answer.text();
    return { status: answer.status, id: answer.headers.get('mcp-session-id') ?? '' };
  };
  return { sessions, send, post, initialize };
}

const PING = { id: 1, method: 'ping' };

test('a client that can ask gets a session, until it ends it; others need none', async () => {
  const { sessions, send, post, initialize } = await startSessions(60_000);
  expect(await initialize({})).toEqual({ status: 418, id: '' });
  const { status, id } = await initialize();
  expect({ status, id }).toEqual({ status: 200, id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(await post(id, PING)).toBe(200);
  expect(await post(`${id}x`, PING)).toBe(404);
  expect((await send('DELETE', id)).status).toBe(200);
  expect(await post(id, PING)).toBe(404);
  expect(sessions.size()).toBe(0);
});

test('a refused initialize leaves no session', async () => {
  const { sessions, initialize } = await startSessions(60_000);
  expect((await initialize(undefined, 'application/json')).status).toBe(406);
  await expect.poll(() => sessions.size()).toBe(0);
});

test('one more takes the place of the longest quiet, and none that has a stream open', async () => {
  const { send, post, initialize } = await startSessions(60_000);
  const [first, second] = [await initialize(), await initialize()];
  const stream = await send('GET', first.id);
  expect(stream.status).toBe(200);
  const third = await initialize();
  expect(await post(first.id, PING)).toBe(200);
  expect(await post(second.id, PING)).toBe(404);
  const other = await send('GET', third.id);
  expect((await initialize()).status).toBe(503);
  await Promise.all([stream.body?.cancel(), other.body?.cancel()]);
});

test('a session that is quiet for long is ended, one with a stream open is not', async () => {
  const { sessions, send, initialize } = await startSessions(20);
  const stream = await send('GET', (await initialize()).id);
  await initialize();
  await expect.poll(() => sessions.size()).toBe(1);
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
  await expect.poll(() => sessions.size()).toBe(0);
});
