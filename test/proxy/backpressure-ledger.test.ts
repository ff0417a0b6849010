// What a fault holds back by keeping the proxy from reading is injected too, also for bodies far above the
// bytes that may wait.
import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readFault } from '../../src/proxy/fault-schema.ts';
import { createProxyHost } from '../../src/proxy/host.ts';
import { ALWAYS } from '../../src/proxy/periods.ts';
import type { Exchange } from '../../src/types-run.ts';

const MEGABYTE = 1_000_000;
/** What a busy machine may add; a ledger that misses what was held back is off by twice as much. */
const BUSY_MS = 600;

/** Sends one request through a proxy with `fault`; gives what a client saw and what the ledger says. */
async function exchangeThrough(
  listener: RequestListener,
  fault: object,
  body: Buffer | null = null,
): Promise<{ observedMs: number; exchange: Exchange }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = createProxyHost();
  onTestFinished(async () => {
    await host.close();
    server.close();
  });
  const upstream = {
    protocol: 'http' as const,
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
  };
  const faults = [{ index: 0, fault: readFault(fault), windows: ALWAYS }];
  const proxy = await host.open(
    { name: 'p', listenPort: 0, upstream },
    { seed: 1, itemKey: 'x', epochMs: systemClock.now(), faults },
  );
  const startMs = systemClock.now();
  const call = request({
    host: proxy.host,
    port: proxy.port,
    method: body === null ? 'GET' : 'POST',
    headers: { connection: 'close' },
  });
  call.end(body ?? undefined);
  const [answer] = await once(call, 'response');
  for await (const _chunk of answer);
  const observedMs = systemClock.now() - startMs;
  await once(call, 'close');
  const { exchanges } = await proxy.takeExchanges();
  return { observedMs, exchange: exchanges[0]! };
}

test('a large answer under a bandwidth cap was slowed by the cap alone', async () => {
  const { observedMs, exchange } = await exchangeThrough(
    (_request, response) => response.end(Buffer.alloc(1.5 * MEGABYTE)),
    { type: 'bandwidth', rate: 1, unit: 'MBps' },
  );
  expect(exchange.injectedMs).toBeGreaterThan(1_300);
  // The hit tells the whole of it too, not only how long the last bytes waited.
  expect(Math.abs(exchange.hits[0]!.delayMs! - exchange.injectedMs!)).toBeLessThan(BUSY_MS);
  expect(Math.abs(observedMs - exchange.injectedMs!)).toBeLessThan(BUSY_MS);
});

test('a large upload under a bandwidth cap was slowed by the cap alone', async () => {
  const fault = { type: 'bandwidth', rate: 1, unit: 'MBps', direction: 'egress' };
  const { observedMs, exchange } = await exchangeThrough(
    (incoming, response) => void incoming.resume().on('end', () => response.end('ok')),
    fault,
    Buffer.alloc(1.5 * MEGABYTE),
  );
  expect(exchange.injectedMs).toBeGreaterThan(1_300);
  // The hit tells the whole of it too, not only how long the last bytes waited.
  expect(Math.abs(exchange.hits[0]!.delayMs! - exchange.injectedMs!)).toBeLessThan(BUSY_MS);
  expect(Math.abs(observedMs - exchange.injectedMs!)).toBeLessThan(BUSY_MS);
});

test('what a slow service takes for itself is not injected', async () => {
  const drip: RequestListener = (_request, response) => {
    let left = 10;
    const timer = setInterval(() => {
      left -= 1;
      response.write(Buffer.alloc(20_000));
      if (left > 0) return;
      clearInterval(timer);
      response.end();
    }, 80);
  };
  const { observedMs, exchange } = await exchangeThrough(drip, { type: 'bandwidth', rate: 1, unit: 'MBps' });
  expect(observedMs).toBeGreaterThan(700);
  expect(exchange.injectedMs).toBeLessThan(400);
});
