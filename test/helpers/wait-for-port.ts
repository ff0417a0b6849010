import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;

/** Resolves once the port accepts; a server that ended, or takes more than a minute, is an error. */
export async function waitForPort(port: number, server: ChildProcess, name: string): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (server.exitCode !== null) throw new Error(`${name} ended with ${server.exitCode}`);
    if (performance.now() > untilMs) throw new Error(`${name} did not start within a minute`);
    await pause(50);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (opened: boolean) => {
      socket.destroy();
      resolve(opened);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
