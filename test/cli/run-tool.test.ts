import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject } from '../service/project.ts';

/** A tool that is interrupted before it starts its work, which then ends only when it is cancelled. */
const INTERRUPTED = `
  import { once } from 'node:events';
  import { z } from ${JSON.stringify(resolve('node_modules/zod/index.js'))};
  import { runTool } from ${JSON.stringify(resolve('src/cli/run-tool.ts'))};
  // A signal alone does not keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  const tool = {
    name: 'slow',
    input: z.strictObject({}),
    async run(_args, { session }) {
      const seen = once(process, 'SIGINT');
      process.kill(process.pid, 'SIGINT');
      await seen;
      session.jobs.start('ver_1', 'verification', ({ signal }) => new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason))));
      return { text: 'started', facts: {}, next: [], verdict: null };
    },
  };
  process.exitCode = await runTool(tool, {}, { root: process.cwd(), json: false, yes: true });
  clearInterval(alive);
`;

test.skipIf(process.platform === 'win32')(
  'Ctrl-C before the work of a command has begun ends it as soon as it begins',
  async () => {
    const folder = await makeProject({ 'interrupted.mts': INTERRUPTED });
    const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');
    const child = spawn(process.execPath, ['--import', tsx, 'interrupted.mts'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let told = '';
    child.stderr.on('data', (chunk) => {
      told += chunk;
    });
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(told).toContain('stopped before it ended');
  },
  120_000,
);
