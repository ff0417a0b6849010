import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { findFreePort } from '../../src/service/free-port.ts';

/** The folder that holds initdb and postgres: on the PATH, or where Debian puts it; `null`: not installed. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ??
    null
  );
}

/** Starts a PostgreSQL of its own on a free port, with its data in a temporary folder; both end with the test. */
export async function startPostgres(
  bin: string,
): Promise<{ readonly port: number; readonly server: ChildProcess }> {
  const data = mkdtempSync(join(tmpdir(), 'breakwater-postgres-'));
  // The server refuses to run as root; Debian's package comes with a user for it.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : null;
  if (user !== null) chownSync(data, user.uid, user.gid);
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    {
      ...user,
      env,
      cwd: data,
      stdio: 'ignore',
    },
  );
  const port = await findFreePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, '-F'];
  const server = spawn(join(bin, 'postgres'), options, { ...user, env, cwd: data, stdio: 'ignore' });
  onTestFinished(async () => {
    // SIGQUIT: at once, without waiting for clients.
    if (server.exitCode === null && server.kill('SIGQUIT')) await once(server, 'exit');
    rmSync(data, { recursive: true, force: true });
  });
  await untilPortOpens(port, server);
  return { port, server };
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

const START_LIMIT_MS = 60_000;

/** Resolves once the port accepts; a server that ended, or takes more than a minute, is an error. */
async function untilPortOpens(port: number, server: ChildProcess): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    if (performance.now() > untilMs) throw new Error('postgres did not start within a minute');
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
