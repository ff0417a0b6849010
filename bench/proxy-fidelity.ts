/** Prints how true the proxy's delays are, and what it costs when there is no fault: `node --import tsx/esm bench/proxy-fidelity.ts`. */
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { Agent, request } from 'undici';
import { buildProduct } from '../scripts/build.mjs';
import { systemClock } from '../src/clock.ts';
import { readFault } from '../src/proxy/fault-schema.ts';
import { createProxyHost, emptyProgram } from '../src/proxy/host.ts';
import { resolveWindows } from '../src/proxy/periods.ts';
import type { ProxySpec } from '../src/types-proxy.ts';
import type { Exchange, FaultProgram } from '../src/types-run.ts';

const OPERATIONS = Number(process.argv[2] ?? 3_000);
const RATE_PER_SECOND = 500;

const host = createProxyHost();
const small = createServer((_, response) => response.end('0123456789')).listen(0, '127.0.0.1');
const bulk = createTcpServer((socket) => socket.once('data', () => socket.end(Buffer.alloc(100_000_000))));
bulk.listen(0, '127.0.0.1');
await buildProduct();
const smallPort = portOf(small);
const bulkPort = portOf(bulk);

printRow(['what', 'requested', 'p1 error', 'p50 error', 'p99 error', 'max error', 'n']);
for (const [name, protocol] of [
  ['http', 'http'],
  ['tcp', 'tcp'],
] as const) {
  for (const meanMs of [5, 20, 100.4]) {
    const errors = await measureDelay(protocol, meanMs);
    const at = (share: number) =>
      `${(errors[Math.floor(share * (errors.length - 1))] ?? Number.NaN).toFixed(3)} ms`;
    printRow([`latency, ${name}`, `${meanMs} ms`, at(0.01), at(0.5), at(0.99), at(1), String(errors.length)]);
  }
}

printRow(['what', 'direct', 'through', 'ratio']);
const directRate = await countRequests(smallPort, 32);
for (const protocol of ['http', 'tcp'] as const) {
  const proxy = await host.open(specOf(protocol, smallPort), emptyProgram());
  const rate = await countRequests(proxy.port, 32);
  await proxy.close();
  printRow([
    `small answers, ${protocol}`,
    `${directRate.toFixed(0)}/s`,
    `${rate.toFixed(0)}/s`,
    (rate / directRate).toFixed(2),
  ]);
}
const directBytes = await countBytes(bulkPort);
const pipe = await host.open(specOf('tcp', bulkPort), emptyProgram());
const bytes = await countBytes(pipe.port);
printRow([
  '100 MB, tcp',
  `${directBytes.toFixed(0)} MB/s`,
  `${bytes.toFixed(0)} MB/s`,
  (bytes / directBytes).toFixed(2),
]);
await host.close();
small.close();
bulk.close();

/** Sends operations at fixed times and gives the errors (injected − requested), as the ledger has them, in ascending order. */
async function measureDelay(protocol: 'http' | 'tcp', meanMs: number): Promise<number[]> {
  const proxy = await host.open(specOf(protocol, smallPort), programOf({ type: 'latency', mean: meanMs }));
  const agent = new Agent({ connections: null });
  const startMs = systemClock.now() + 50;
  const waiting = [];
  for (let index = 0; index < OPERATIONS; index += 1) {
    await systemClock.sleepUntil(startMs + (index * 1_000) / RATE_PER_SECOND);
    waiting.push(
      request(`http://127.0.0.1:${proxy.port}/`, { dispatcher: agent }).then(({ body }) => body.dump()),
    );
  }
  await Promise.all(waiting);
  const { exchanges } = await proxy.takeExchanges();
  await agent.close();
  await proxy.close();
  return exchanges
    .map((exchange: Exchange) => (exchange.hits[0]?.delayMs ?? Number.NaN) - meanMs)
    .sort((a, b) => a - b);
}

async function countRequests(port: number, connections: number): Promise<number> {
  const agent = new Agent({ connections });
  const untilMs = systemClock.now() + 2_000;
  let answers = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (systemClock.now() < untilMs) {
        const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher: agent });
        await body.dump();
        answers += 1;
      }
    }),
  );
  await agent.close();
  return answers / 2;
}

function countBytes(port: number): Promise<number> {
  const startMs = systemClock.now();
  return new Promise((resolve) => {
    let received = 0;
    connect({ port, host: '127.0.0.1' })
      .on('data', (chunk) => {
        received += chunk.length;
      })
      .on('close', () => resolve(received / 1_000 / (systemClock.now() - startMs)))
      .write('go');
  });
}

function programOf(raw: object): FaultProgram {
  const fault = readFault(raw);
  const windows = resolveWindows(fault.periods, null);
  return { seed: 1, itemKey: 'bench', epochMs: systemClock.now(), faults: [{ index: 0, fault, windows }] };
}

function specOf(protocol: 'http' | 'tcp', port: number): ProxySpec {
  return { name: protocol, listenPort: 0, upstream: { protocol, host: '127.0.0.1', port } };
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  return (server.address() as AddressInfo).port;
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, index) => cell.padEnd(index === 0 ? 22 : 12)).join(' ')}\n`);
}
