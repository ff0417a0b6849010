import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { expect, onTestFinished, test } from 'vitest';
import { createSseStreams } from '../../src/transport/sse.ts';

/** Serves streams whose only tool gives 8 MiB of text; gives the address and what was reported. */
async function startStreams(keepAliveMs: number) {
  const factory = () => {
    const server = new McpServer({ name: 'large', version: '1' });
    const text = 'x'.repeat(8 * 1024 * 1024);
    server.registerTool('large', {}, () => ({ content: [{ type: 'text', text }] }));
    return server;
  };
  const errors: string[] = [];
  const onError = ({ message }: Error) => void errors.push(message);
  const streams = createSseStreams(factory, { onError, keepAliveMs });
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? streams.open : streams.receive;
    void answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await streams.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, errors };
}

async function openStream(url: string): Promise<IncomingMessage> {
  const sent = httpRequest(`${url}/sse`);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
}

test('a quiet stream is kept open by comments', async () => {
  const { url } = await startStreams(10);
  const answer = await openStream(url);
  let text = '';
  for await (const part of answer) {
    text += String(part);
    if (text.split(': still here\n\n').length > 2) break;
  }
  expect(text).toMatch(/^event: endpoint\ndata: \S+\n\n(: still here\n\n)+$/);
});

test('a stream that its client does not read is ended before it fills the memory', async () => {
  const { url, errors } = await startStreams(60_000);
  const answer = await openStream(url);
  const [first] = await once(answer, 'data');
  const path = /data: (\S+)/.exec(String(first))?.[1] ?? '';
  answer.pause();
  const post = async (message: Readonly<Record<string, unknown>>) =>
    (await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', ...message }) }))
      .status;
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo };
  expect(await post({ id: 0, method: 'initialize', params })).toBe(202);
  const statuses: number[] = [];
  // Sockets hold some megabytes themselves; 30 answers are ten times what may be unread.
  for (let id = 1; id <= 30 && !statuses.includes(404); id += 1) {
    statuses.push(await post({ id, method: 'tools/call', params: { name: 'large', arguments: {} } }));
  }
  expect(statuses.at(-1)).toBe(404);
  expect(errors).toContain('A client left 16777216 bytes of its stream unread; it was ended.');
});
