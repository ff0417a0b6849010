import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { startService } from '../../src/service/start.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { allToolsRequired, findPython } from './find-python.ts';

const USERS = resolve('examples/users-fastapi');
const { python, why } = findPython();
const testWithPython = test.skipIf(python === null);
// Vitest's default reporter shows neither the names of skipped tests nor why.
if (python === null) console.warn(`SKIPPED users-fastapi: ${why}`);

/** Starts the service as its breakwater.yaml says, with the Python that was found, in a folder of its own. */
async function startUsers(): Promise<string> {
  const folder = await makeTempFolder();
  const { app } = await loadConfig({ workspace: USERS, stateHome: folder });
  const [, ...args] = app!.command;
  const service = await startService(
    { ...app!, command: [python!, ...args, '--app-dir', USERS] },
    { folder, dependencies: {}, readyTimeoutMs: 50_000 },
    {
      clock: systemClock,
      signal: new AbortController().signal,
      baseEnv: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  onTestFinished(() => service.stop());
  return service.baseUrl;
}

test.runIf(allToolsRequired())('a Python with FastAPI is there, since all tools are required', () => {
  expect(python, why).not.toBeNull();
});

testWithPython('users-fastapi serves the three operations of its document', async () => {
  const url = await startUsers();
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(ids).toEqual(['index__get', 'create_user_users__post', 'read_user_users__user_id__get']);
});

testWithPython('users-fastapi creates a user, shows it, and knows no other', async () => {
  const url = await startUsers();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'jane', password: 'x' });
  const created = await fetch(`${url}/users/`, { method: 'POST', headers, body });
  expect(await created.json()).toMatchObject({ id: 1, name: 'jane' });
  expect(await (await fetch(`${url}/users/1`)).json()).toMatchObject({ id: 1, name: 'jane' });
  expect((await fetch(`${url}/users/2`)).status).toBe(404);
  expect((await fetch(`${url}/users/`, { method: 'POST', headers, body: '{}' })).status).toBe(422);
});
