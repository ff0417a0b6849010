import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject } from './project.ts';
import { isAlive } from './scripts.ts';

/** Leaves a process in a session of its own that holds the output of its parent, and prints its id. */
const LEAVE_DAEMON = `
  const { spawn } = require('node:child_process');
  const daemon = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
    { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(daemon.pid);
  daemon.unref();
`;
const PARENT = `
  import { runCommand } from ${JSON.stringify(resolve('src/service/command.ts'))};
  import { systemClock } from ${JSON.stringify(resolve('src/clock.ts'))};
  const result = await runCommand([process.execPath, 'leave.cjs'], { folder: process.cwd(), env: {}, timeoutMs: 60000 },
    { clock: systemClock, signal: new AbortController().signal, baseEnv: {} });
  console.log(result.lastLines[0]);
`;

test.skipIf(process.platform === 'win32')(
  'a daemon that a command leaves lives on, and does not keep us from ending',
  async () => {
    const folder = await makeProject({ 'parent.mts': PARENT, 'leave.cjs': LEAVE_DAEMON });
    const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');
    const parent = spawn(process.execPath, ['--import', tsx, 'parent.mts'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let printed = '';
    parent.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const [code] = await once(parent, 'exit');
    const daemon = Number(printed);
    onTestFinished(() => {
      if (daemon > 0 && isAlive(daemon)) process.kill(daemon, 'SIGKILL');
    });
    expect(code).toBe(0);
    expect(isAlive(daemon)).toBe(true);
  },
);
