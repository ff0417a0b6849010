import { Toxiproxy } from 'toxiproxy-node-client';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { checkTarget } from '../../../src/policy.ts';
import { createProxyHost } from '../../../src/proxy/host.ts';
import { serveToxiproxy } from '../../../src/toxiproxy/server.ts';

/** Serves the API for the test, and gives the public client for it. */
export async function openApi() {
  const host = createProxyHost();
  const server = await serveToxiproxy({
    listen: '127.0.0.1:0',
    host: async () => host,
    clock: systemClock,
    seed: 1,
    checkTarget: (url) => checkTarget(url, []),
  });
  onTestFinished(async () => {
    await server.close();
    await host.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, server, client: new Toxiproxy(url) };
}

/** Port of a proxy's `listen`. */
export function portOf({ listen }: { readonly listen: string }): number {
  return Number(listen.slice(listen.lastIndexOf(':') + 1));
}

/** Sends a request as a client would that shows status and body. */
export async function call(url: string, method = 'GET', body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: text }) });
  const answer = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, body: type.includes('json') ? JSON.parse(answer) : answer };
}
