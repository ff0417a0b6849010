import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { findPython } from '../examples/find-python.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const { python, why } = findPython();
const LIMIT_MS = 400_000;
if (python === null) console.warn(`SKIPPED users-fastapi over MCP: ${why}`);

/** Starts uvicorn on a free port; it names the port on stderr. */
async function startUvicorn(interpreter: string, folder: string): Promise<string> {
  const child = spawn(interpreter, ['-m', 'uvicorn', 'app:app', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    // Told to end it would wait for its open connections.
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stderr.resume();
    return url;
  }
  throw new Error('uvicorn ended before it listened');
}

test.skipIf(python === null)(
  'the FastAPI service of the reference goes through generate, run and review',
  { timeout: LIMIT_MS },
  async () => {
    const workspace = await makeTempFolder();
    await cp(join(repository, 'examples/users-fastapi'), workspace, { recursive: true });
    const url = await startUvicorn(python!, workspace);
    const { call } = await startHost({ workspace });

    const generated = await call('scenario_generate', {
      spec: `${url}/openapi.json`,
      shapes: ['latency_spike', 'http_errors', 'blackhole'],
    });
    expect(generated.text).toMatch(/^9 scenarios for 3 operations of "\w+"/);
    expect(generated.text).toMatch(/\{user_id\} comes from POST \/users\//);

    let answer = await call('scenario_run', { scenario_id: 'latest', parallel: 1 });
    for (const id = /run_[0-9a-f]{16}/.exec(answer.text)?.[0]; answer.text.includes('is still running'); ) {
      answer = await call('run_report', { run_id: id });
    }
    // One after another, since the service blocks itself. Errors and black-holes fail; a spike passes where the machine is not too busy for its limit.
    expect(answer.text).toMatch(/finished: 9 items: [0-3] pass, [6-9] fail .*, 0 inconclusive/);
    expect(answer.text).toMatch(
      /Full black-hole for 1s: .*5 of 60 requests failed|Full black-hole for 1s: .*requests had no answer/,
    );

    const context = await call('code_context', { operation_id: 'read_user_users__user_id__get' });
    expect(context.text).toMatch(
      /^Handler: app\.py:\d+-\d+ read_user for GET \/users\/\{user_id\} \[fastapi\]/,
    );

    const review = await call('review_code', { run_id: 'latest' });
    expect(review.text).toMatch(
      /app\.py:\d+ and 1 place more there: Blocking database session in an `async def` route/,
    );
    const asked = await call('review_code', {
      run_id: 'latest',
      rules: ['python-sync-session-in-async-route'],
    });
    expect(asked.text).toMatch(/app\.py:\d+ Blocking database session in an `async def` route/);
    expect(asked.text).toMatch(/reached from: GET \/users\/\{user_id\}/);
  },
);
