import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

test.each([['SIGKILL'], ['SIGTERM']] as const)(
  'a service does not outlive us when we end by %s',
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
    expect(isAlive(pid)).toBe(true);
    parent.kill(signal);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  },
);
