import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { systemErrorCode } from '../../src/errors.ts';
import { findFreePort } from '../../src/service/free-port.ts';
import { waitForPort } from './wait-for-port.ts';

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

/**
 * Starts a PostgreSQL of its own on a free port, with its data in a temporary folder; both end with the test. Without
 * a password it trusts everybody.
 */
export async function startPostgres(
  bin: string,
  { password = null }: { readonly password?: string | null } = {},
): Promise<{ readonly port: number; readonly server: ChildProcess }> {
  const data = mkdtempSync(join(tmpdir(), 'breakwater-postgres-'));
  // The server refuses to run as root; Debian's package comes with a user for it.
  const user = process.getuid?.() === 0 ? readPostgresUser() : null;
  if (user !== null) chownSync(data, user.uid, user.gid);
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, password ?? '', { mode: 0o644 });
  onTestFinished(() => rmSync(passwordFile, { force: true }));
  const access = password === null ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', ...access, '-E', 'UTF8', '--no-sync'], {
    ...user,
    env,
    cwd: data,
    stdio: 'ignore',
  });
  const port = await findFreePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, '-F'];
  const server = spawn(join(bin, 'postgres'), options, { ...user, env, cwd: data, stdio: 'ignore' });
  onTestFinished(async () => {
    // SIGQUIT: at once, without waiting for clients.
    if (server.exitCode === null && server.kill('SIGQUIT')) await once(server, 'exit');
    rmSync(data, { recursive: true, force: true });
  });
  await waitForPort(port, server, 'postgres');
  await untilReady(port);
  return { port, server };
}

/** Ids of the user and the group that Debian's package makes. */
function readPostgresUser(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('there is no user postgres to start the server as');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The port accepts while the server still starts up (57P03); any other answer comes from one that is ready. */
async function untilReady(port: number): Promise<void> {
  for (;;) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: '-',
      database: 'postgres',
    });
    client.on('error', () => undefined);
    const error: unknown = await client.connect().then(
      () => null,
      (seen: unknown) => seen,
    );
    await client.end().catch(() => undefined);
    if (systemErrorCode(error) !== '57P03') return;
    await pause(20);
  }
}
