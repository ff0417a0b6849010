import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { readLaunch, repository } from './mcp-client.ts';

/** A server over stdio without a client, to write to it what no client would write. */
export interface BareServer {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What came on stdout. */
  readonly lines: readonly string[];
  /** The next line on stdout. */
  next(): Promise<string>;
  /** Writes one line. */
  send(text: string): void;
  /** Asks as a client of 2025 that has initialized. */
  open(): Promise<void>;
  /** The answer to a call of a tool, as text. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
}

export const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bare', version: '1' } },
});

/** Starts the server by the command in mcp.json; it ends with the test. */
export function startBare(workspace: string): BareServer {
  const { command, args } = readLaunch();
  const child = spawn(command, [...args], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    waiting.shift()?.(line);
  });
  const next = () => new Promise<string>((resolve) => waiting.push(resolve));
  const send = (text: string) => void child.stdin.write(`${text}\n`);
  let lastId = 1;
  return {
    child,
    lines,
    next,
    send,
    async open() {
      const answered = next();
      send(INITIALIZE);
      await answered;
      send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    },
    call(name, toolArgs) {
      lastId += 1;
      const answered = next();
      const params = { name, arguments: toolArgs };
      send(JSON.stringify({ jsonrpc: '2.0', id: lastId, method: 'tools/call', params }));
      return answered;
    },
  };
}
