import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort } from '../../src/service/free-port.ts';
import { waitForPort } from './wait-for-port.ts';

/** Whether `redis-server` is on the PATH. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts a Redis of its own, on a free port unless one is given; it and its folder end with the test. */
export async function startRedis(
  options: { readonly port?: number; readonly password?: string } = {},
): Promise<{ readonly port: number; readonly server: ChildProcess }> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-redis-'));
  const port = options.port ?? (await findFreePort());
  const server = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'no'],
      ...(options.password === undefined ? [] : ['--requirepass', options.password]),
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    if (server.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  await waitForPort(port, server, 'redis-server');
  return { port, server };
}
