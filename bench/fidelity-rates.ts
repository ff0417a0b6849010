import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '../src/clock.ts';
import { createProxyHost } from '../src/proxy/host.ts';
import { faultProgram } from './fault-program.ts';
import type { BenchRow } from './row.ts';

const RATES_BYTES_PER_SECOND = [2_000, 100_000, 1_000_000, 20_000_000];
const CHUNK = Buffer.alloc(256 * 1024);

/** Bytes that arrive in `forMs` under a bandwidth cap, against the rate; from the first byte on, burst included. */
export async function measureRates(forMs: number): Promise<readonly BenchRow[]> {
  const server = createServer((socket) => {
    const fill = () => {
      while (socket.write(CHUNK));
    };
    socket
      .on('error', () => undefined)
      .on('drain', fill)
      .resume();
    fill();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = createProxyHost();
  const rows: BenchRow[] = [];
  for (const rate of RATES_BYTES_PER_SECOND) {
    const spec = {
      name: 'cap',
      listenPort: 0,
      upstream: { protocol: 'tcp', host: '127.0.0.1', port },
    } as const;
    const proxy = await host.open(spec, faultProgram({ type: 'bandwidth', rate }));
    const { bytes, ms } = await receive(proxy.port, forMs);
    await proxy.close();
    const errorPercent = Math.round(((bytes * 1_000) / (rate * ms) - 1) * 100_000) / 1_000;
    rows.push({
      bench: 'fidelity',
      subject: `bandwidth, ${rate / 1_000} KBps`,
      figures: { bytes, seconds: Math.round(ms) / 1_000, errorPercent },
      goal: 'within 1 %',
      met: Math.abs(errorPercent) <= 1,
    });
  }
  await host.close();
  server.close();
  return rows;
}

function receive(port: number, forMs: number): Promise<{ readonly bytes: number; readonly ms: number }> {
  return new Promise((resolve) => {
    let bytes = 0;
    const startMs = systemClock.now();
    const socket = connect({ port, host: '127.0.0.1' }).on('data', (chunk) => {
      bytes += chunk.length;
      const ms = systemClock.now() - startMs;
      if (ms < forMs) return;
      socket.destroy();
      resolve({ bytes, ms });
    });
  });
}
