import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const run = promisify(execFile);
const FETCH = `fetch(process.argv[1]).then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`;

/** Fetches in a Node process of its own, since what it trusts is read from the environment at its start. */
async function fetchFrom(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await run(process.execPath, ['-e', FETCH, url], { env });
  return stdout.trim();
}

test('an application speaks TLS to a proxy once it trusts the CA file that the answer names', async () => {
  const { port } = await startTarget();
  const workspace = await makeTempFolder();
  const { call } = await startHost({ workspace });
  const args = { upstream: `http://127.0.0.1:${port}`, name: 'api', tls: true };
  const { text } = await call('proxy_open', args);
  const url = /Point the application at (https:\/\/localhost:\d+)/.exec(text)?.[1] ?? '';
  const caFile = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(text)?.[1] ?? '';
  expect(caFile.startsWith(`${workspace}/.home/`)).toBe(true);
  expect(await fetchFrom(url, { NODE_EXTRA_CA_CERTS: caFile })).toBe('200');
  expect(await fetchFrom(url, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await call('proxy_open', { ...args, faults: [{ type: 'httperror', status_code: 503 }] });
  expect(await fetchFrom(url, { NODE_EXTRA_CA_CERTS: caFile })).toBe('503');
});

test('a proxy keeps its tls as long as it is open', async () => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const upstream = `http://127.0.0.1:${port}`;
  await call('proxy_open', { upstream, name: 'api' });
  const { text, isError } = await call('proxy_open', { upstream, name: 'api', tls: true });
  expect(isError).toBe(true);
  expect(text).toContain('The proxy "api" is open without tls');
});

test('tls is refused where clients ask for it in the way of their protocol', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('proxy_open', { upstream: 'psql://127.0.0.1:5432', tls: true });
  expect(isError).toBe(true);
  expect(text).toContain('tls: a client of psql asks for TLS in its own way first');
  expect((await call('proxy_list')).text).toContain('No proxy is open');
});
