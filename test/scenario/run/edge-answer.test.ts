import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createProxyHost, emptyProgram } from '../../../src/proxy/host.ts';
import { readUnreached } from '../../../src/scenario/run/edge-answer.ts';
import { send } from '../../../src/scenario/run/http-client.ts';
import { followSignal } from '../../../src/scenario/run/stop.ts';
import { startTarget } from '../../helpers/http-target.ts';

async function sendThrough(upstreamPort: number) {
  const host = createProxyHost();
  onTestFinished(() => host.close());
  const upstream = { protocol: 'http' as const, host: '127.0.0.1', port: upstreamPort };
  const via = await host.open({ name: 'edge', listenPort: 0, upstream }, emptyProgram());
  return send(
    {
      method: 'GET',
      url: `http://127.0.0.1:${upstreamPort}/`,
      via: { host: via.host, port: via.port },
      headers: {},
      body: null,
      dueAtMs: systemClock.now(),
      timeoutMs: 5_000,
    },
    { stop: followSignal(new AbortController().signal), keepBytes: 100, pool: null },
  );
}

test('a target that refuses is refused, not an answer of 502', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  expect(await sendThrough(port)).toMatchObject({ outcome: 'refused', status: null });
});

test('a proxy that may open no more files says nothing about the target', () => {
  expect(readUnreached('out_of_files')).toBe('aborted');
});

test("a target's own 502 is an answer", async () => {
  const { port } = await startTarget((_request, response) => response.writeHead(502).end());
  expect(await sendThrough(port)).toMatchObject({ outcome: 'answered', status: 502 });
});
