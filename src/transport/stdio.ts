import { Writable } from 'node:stream';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { leaveBySteps } from './leave.ts';
import { MAX_MESSAGE_BYTES } from './message-limit.ts';
import { passWholeLines } from './whole-lines.ts';

export interface StdioOptions {
  readonly onError: (error: Error) => void;
  /** Called once, after the first answer has been written: a good time to load what the next requests will need. */
  readonly onFirstAnswer: () => void;
  /** Called once when the host closes stdin, a pipe breaks or a signal comes; then the process exits. */
  readonly close: () => Promise<void>;
}

/**
 * Serves MCP over stdin and stdout until the host goes. Whatever else is written to stdout goes to stderr, so
 * that a stray print of some library cannot break the protocol.
 */
export function serveOverStdio(factory: McpServerFactory, options: StdioOptions): void {
  const stdout = claimStdout(options.onFirstAnswer);
  const lines = passWholeLines(MAX_MESSAGE_BYTES, () => {
    const message = `A message may have ${MAX_MESSAGE_BYTES} bytes at most; a longer one was dropped.`;
    stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_600, message } })}\n`);
  });
  const transport = new StdioServerTransport(process.stdin.pipe(lines), stdout);
  const handle = serveStdio(factory, { transport, onerror: options.onError });
  // Calls that wait for a run are answered with what it had measured, before the connection closes.
  const leave = leaveBySteps([options.close, nextTurn, () => handle.close()]);
  process.stdin.on('end', leave).on('close', leave);
  process.stdout.on('error', leave);
  // With stderr gone there is nobody left to tell.
  process.stderr.on('error', () => undefined);
}

/** Lets what is ready to be answered be answered. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function claimStdout(onFirstWrite: () => void): Writable {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  let written = false;
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk, (error) => {
        done(error ?? null);
        if (!written) onFirstWrite();
        written = true;
      });
    },
  });
}
