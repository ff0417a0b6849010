import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject } from './project.ts';
import { ECHO_SERVER, isAlive } from './scripts.ts';

const START = resolve('src/service/start.ts');
const CLOCK = resolve('src/clock.ts');

/** A process that starts a service, prints its id, and stays. */
const PARENT = `
  import { startService } from ${JSON.stringify(START)};
  import { systemClock } from ${JSON.stringify(CLOCK)};
  const app = { folder: process.cwd(), command: [process.execPath, 'main.mjs'],
    ready: 'http://127.0.0.1:{port}/', env: { PORT: '{port}' }, install: null, test: null };
  const service = await startService(app, { folder: app.folder, dependencies: {}, readyTimeoutMs: 20000 },
    { clock: systemClock, signal: new AbortController().signal, baseEnv: {} });
  console.log(service.pid);
`;

/** Processes that `parent` has started itself and that still run. */
function childrenOf(parent: number | undefined): readonly number[] {
  return listProcesses()
    .filter(([, parentId, name]) => Number(parentId) === parent && name !== 'ps')
    .map(([pid]) => Number(pid));
}

/** Id, parent and program of each process. */
function listProcesses(): readonly (readonly string[])[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
      .trim()
      .split('\n');
    return lines.map((line) => line.trim().split(/\s+/));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name = '', parentId = ''] =
          /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return [[pid, parentId, name]];
      } catch {
        // It has ended since.
        return [];
      }
    });
}

test.each([['SIGKILL'], ['SIGTERM']] as const)(
  'neither a service nor another child outlives us when we end by %s',
  async (signal) => {
    const folder = await makeProject({ 'parent.mts': PARENT, 'main.mjs': ECHO_SERVER });
    const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');
    const parent = spawn(process.execPath, ['--import', tsx, 'parent.mts'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const pid = Number(line);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    // The service, and the guard that ends it in our place.
    const children = childrenOf(parent.pid);
    expect(children).toContain(pid);
    expect(children.length).toBeGreaterThan(1);
    parent.kill(signal);
    await expect.poll(() => children.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  },
);
