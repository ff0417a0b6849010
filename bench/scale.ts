import { execFileSync, fork, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import type { BenchRow } from './row.ts';
import { closeMany, medianRoundTripMs, mostConnections, openMany } from './scale-clients.ts';
import type { HeapReport } from './scale-heap.ts';

const STEPS = [1_000, 10_000] as const;
/** Memory counts as returned within that of what it was; what a resting process does not return by then, it keeps. */
const RETURNED = 1.1;
const REST_MS = 90_000;

/**
 * Memory and cost of open connections, raw TCP, each connection having carried one byte both ways: resident memory of
 * `breakwater proxy` in a process of its own, through two rounds of opening and closing all and a rest; then the heap
 * of the proxy alone, each time after a full collection, and what still lives in it.
 */
export async function measureScale(): Promise<readonly BenchRow[]> {
  const upstream = await startEcho();
  const rows = [...(await measureResident(upstream.port)), ...(await measureHeap(upstream.port))];
  await upstream.close();
  return rows;
}

async function measureResident(upstreamPort: number): Promise<readonly BenchRow[]> {
  const proxy = await startProxy(upstreamPort);
  const rows: BenchRow[] = [];
  await openMany(proxy.port, 50).then(closeMany);
  const emptyBytes = proxy.memoryBytes();
  for (const round of [1, 2]) {
    const sockets: Socket[] = [];
    for (const wanted of wantedSteps()) {
      const startMs = systemClock.now();
      const opened = wanted - sockets.length;
      sockets.push(...(await openMany(proxy.port, opened)));
      const openMs = (systemClock.now() - startMs) / opened;
      const [first] = sockets;
      const p50Ms = first === undefined ? Number.NaN : await medianRoundTripMs(first);
      rows.push(
        toRow(`${wanted} open, round ${round}`, proxy.memoryBytes(), {
          // Later it counts what the round before has left uncollected too.
          ...(round === 1
            ? { kilobytesEach: round3((proxy.memoryBytes() - emptyBytes) / 1_000 / wanted) }
            : {}),
          openMsEach: round3(openMs),
          roundTripP50Ms: round3(p50Ms),
        }),
      );
    }
    await closeMany(sockets);
    rows.push(toRow(`all closed, round ${round}`, proxy.memoryBytes(), {}));
  }
  const restedMs = await untilReturned(proxy.memoryBytes, emptyBytes * RETURNED);
  rows.push(toRow('after a rest', proxy.memoryBytes(), { restSeconds: round3(restedMs / 1_000) }));
  await proxy.close();
  return [toRow('nothing open', emptyBytes, {}), ...rows];
}

/** Time that it takes until memory is down to `wantedBytes`, at most `REST_MS`. */
async function untilReturned(memoryBytes: () => number, wantedBytes: number): Promise<number> {
  const startMs = systemClock.now();
  while (memoryBytes() > wantedBytes && systemClock.now() - startMs < REST_MS) await rest(1_000);
  return systemClock.now() - startMs;
}

async function measureHeap(upstreamPort: number): Promise<readonly BenchRow[]> {
  const child = fork(fileURLToPath(new URL('./scale-heap.ts', import.meta.url)), [String(upstreamPort)], {
    execArgv: ['--import', 'tsx/esm', '--no-warnings'],
  });
  const nextReport = () =>
    new Promise<HeapReport>((resolve) => {
      child.once('message', (report: HeapReport) => resolve(report));
      child.send('report');
    });
  const { port } = await nextReport();
  await openMany(port, 50).then(closeMany);
  const empty = await nextReport();
  const rows = [heapRow('nothing open', empty, {})];
  const sockets: Socket[] = [];
  for (const wanted of wantedSteps()) {
    sockets.push(...(await openMany(port, wanted - sockets.length)));
    const report = await nextReport();
    const kilobytesEach = round3((report.heapBytes - empty.heapBytes) / 1_000 / wanted);
    rows.push(heapRow(`${wanted} open`, report, { kilobytesEach }));
  }
  await closeMany(sockets);
  rows.push(heapRow('all closed', await nextReport(), {}));
  child.kill();
  return rows;
}

function wantedSteps(): readonly number[] {
  return STEPS.map((step) => Math.min(step, mostConnections()));
}

function heapRow(subject: string, report: HeapReport, figures: Readonly<Record<string, number>>): BenchRow {
  const { heapBytes, livingConnections } = report;
  return toRow(`heap after collection: ${subject}`, heapBytes, { livingConnections, ...figures });
}

function startProxy(upstreamPort: number) {
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  return startListener([cli, 'proxy', `tcp://127.0.0.1:${upstreamPort}`]);
}

function startEcho() {
  const source = `require('node:net')
    .createServer((socket) => socket.on('error', () => {}).pipe(socket))
    .listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, function () {
      console.log('listening on 127.0.0.1:' + this.address().port);
    });`;
  return startListener(['-e', source]);
}

/** Starts a process of its own that says where it listens. */
async function startListener(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const [, found] = /listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', () => reject(new Error('it ended before it listened')));
  });
  return {
    port,
    memoryBytes: () =>
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1_024,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function toRow(subject: string, memoryBytes: number, figures: Readonly<Record<string, number>>): BenchRow {
  return { bench: 'scale', subject, figures: { memoryMegabytes: round3(memoryBytes / 1e6), ...figures } };
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
