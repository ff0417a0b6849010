import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { repository } from './mcp-client.ts';

export interface ShellAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedShell {
  readonly child: ChildProcess;
  readonly ended: Promise<ShellAnswer>;
}

export interface ShellOptions {
  /** Commands of a POSIX shell that come first, such as `ulimit -f 0`. */
  readonly first?: string;
  /** The program, where it is started by another name and without `--root`. */
  readonly command?: string;
}

/** Starts the built `breakwater` in `workspace`. */
export function startShell(
  workspace: string,
  args: readonly string[],
  { first, command: named }: ShellOptions = {},
): StartedShell {
  const built = [join(repository, 'dist/cli.js'), '--root', workspace];
  const command = [process.execPath, ...(named === undefined ? built : [named]), ...args];
  const [program = '', ...rest] =
    first === undefined ? command : ['/bin/sh', '-c', `${first}; exec "$@"`, 'sh', ...command];
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_HOME: join(workspace, '.home') };
  const child = spawn(program, rest, { cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    printed.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.stderr += chunk;
  });
  const ended = once(child, 'close').then(([status]) => ({ status, ...printed }));
  return { child, ended };
}

/** Runs the built `breakwater` in `workspace` to its end. */
export function runShell(
  workspace: string,
  args: readonly string[],
  options?: ShellOptions,
): Promise<ShellAnswer> {
  return startShell(workspace, args, options).ended;
}

/** Waits until the only run of the workspace has stored so many samples; gives its id. */
export async function untilSamples(workspace: string, count: number): Promise<string> {
  const runs = join(workspace, '.breakwater/runs');
  for (;;) {
    const id = existsSync(runs) ? (await readdir(runs)).find((name) => name.startsWith('run_')) : undefined;
    const path = join(runs, id ?? '', 'samples.ndjson');
    const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n').length - 1 : 0;
    if (id !== undefined && lines >= count) return id;
    await pause(20);
  }
}
