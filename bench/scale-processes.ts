import { execFileSync, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HeapReport } from './scale-heap.ts';

/** A view of the proxy, with or without faults. */
export interface ScaleSubject {
  readonly name: string;
  readonly protocol: 'tcp' | 'http';
  /** As in a scenario file. */
  readonly faults: readonly object[];
}

/** Starts an upstream that answers each request of HTTP by one byte, and gives other bytes back. */
export function startUpstream() {
  const source = `
    const answer = 'HTTP/1.1 200 OK\\r\\ncontent-length: 1\\r\\n\\r\\nx';
    require('node:net')
      .createServer((socket) => {
        socket.on('error', () => {}).on('data', (chunk) => socket.write(chunk[0] === 71 ? answer : chunk));
      })
      .listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, function () {
        console.log('listening on 127.0.0.1:' + this.address().port);
      });`;
  return startListener(['-e', source]);
}

/** Starts \`breakwater proxy\`. */
export function startProxy(upstreamPort: number, { protocol }: Pick<ScaleSubject, 'protocol'>) {
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  return startListener([cli, 'proxy', `${protocol}://127.0.0.1:${upstreamPort}`]);
}

/** Starts a proxy whose heap can be asked for; `drained`: once the records of its ledger have been taken. */
export async function startHeap(upstreamPort: number, subject: ScaleSubject) {
  const file = fileURLToPath(new URL('./scale-heap.ts', import.meta.url));
  const child = fork(file, [String(upstreamPort), JSON.stringify(subject)], {
    execArgv: ['--import', 'tsx/esm', '--no-warnings'],
  });
  const ask = (what: 'report' | 'drain') =>
    new Promise<HeapReport>((resolve) => {
      child.once('message', (report: HeapReport) => resolve(report));
      child.send(what);
    });
  const { port } = await ask('report');
  return {
    port,
    report: () => ask('report'),
    drained: () => ask('drain'),
    close: () => void child.kill(),
  };
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
