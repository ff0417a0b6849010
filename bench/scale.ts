import { execFileSync, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import type { BenchRow } from './row.ts';

const STEPS = [1_000, 10_000] as const;
/** Descriptors that a process needs besides two for each connection. */
const OTHER_DESCRIPTORS = 100;
const TOGETHER = 100;
const ROUND_TRIPS = 500;

/**
 * Memory and cost of open connections: `breakwater proxy` in a process of its own, raw TCP, each connection having
 * carried one byte both ways. The second half opens and closes all of them again, to show whether memory comes back.
 */
export async function measureScale(): Promise<readonly BenchRow[]> {
  const upstream = await startEcho();
  const proxy = await startProxy(upstream.port);
  const rows: BenchRow[] = [];
  await openMany(proxy.port, 50).then(closeMany);
  const emptyBytes = proxy.memoryBytes();
  for (const round of [1, 2]) {
    const sockets: Socket[] = [];
    for (const wanted of STEPS.map((step) => Math.min(step, mostConnections()))) {
      const startMs = systemClock.now();
      const opened = wanted - sockets.length;
      sockets.push(...(await openMany(proxy.port, opened)));
      const openMs = (systemClock.now() - startMs) / opened;
      const [first] = sockets;
      const p50Ms = first === undefined ? Number.NaN : await medianRoundTripMs(first);
      rows.push(
        toRow(`${wanted} open, round ${round}`, proxy.memoryBytes(), {
          kilobytesEach: round3((proxy.memoryBytes() - emptyBytes) / 1_000 / wanted),
          openMsEach: round3(openMs),
          roundTripP50Ms: round3(p50Ms),
        }),
      );
    }
    await closeMany(sockets);
    rows.push(toRow(`all closed, round ${round}`, proxy.memoryBytes(), {}));
  }
  await proxy.close();
  await upstream.close();
  return [toRow('nothing open', emptyBytes, {}), ...rows];
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

/** As many as the limit of open files allows: the proxy needs two descriptors for each. */
function mostConnections(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : Math.floor((limit - OTHER_DESCRIPTORS) / 2);
}

async function openMany(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(TOGETHER, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openOne(port)))));
  }
  return sockets;
}

/** Opens a connection that has carried one byte both ways. */
function openOne(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', reject)
      .once('data', () => resolve(socket))
      .write('x');
  });
}

async function medianRoundTripMs(socket: Socket): Promise<number> {
  const times: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const startMs = systemClock.now();
    const back = new Promise((resolve) => socket.once('data', resolve));
    socket.write('x');
    await back;
    times.push(systemClock.now() - startMs);
  }
  return times.toSorted((a, b) => a - b)[ROUND_TRIPS / 2] ?? Number.NaN;
}

async function closeMany(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve()).end();
        }),
    ),
  );
}

function toRow(subject: string, memoryBytes: number, figures: Readonly<Record<string, number>>): BenchRow {
  return { bench: 'scale', subject, figures: { memoryMegabytes: round3(memoryBytes / 1e6), ...figures } };
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
