import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { repository } from '../helpers/mcp-client.ts';

const DEMO_LIMIT_MS = 150_000;

test('the demo plays the whole loop and its last lines show fixed', {
  timeout: DEMO_LIMIT_MS + 10_000,
}, async () => {
  const { status, output } = await new Promise<{ status: number | null; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx/esm', 'examples/demo/demo.ts', '--clean'],
      { cwd: repository, timeout: DEMO_LIMIT_MS, maxBuffer: 16 * 1024 * 1024 },
      (_error, stdout, stderr) => resolve({ status: child.exitCode, output: stdout + stderr }),
    );
  });
  expect(output.trimEnd().split('\n').at(-1)).toMatch(/^fixed/);
  expect(status).toBe(0);
});
