import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { repository } from '../../helpers/mcp-client.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';

export type Revision = '2025-11-25' | '2026-07-28';

export interface SuiteResult {
  /** `scenario/check`, sorted; `scenario/nothing` where a scenario came to check nothing. */
  readonly failed: readonly string[];
  readonly passed: readonly string[];
}

const PROGRAM = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';
const checksSchema = z.array(z.object({ id: z.string(), status: z.string() }));

/** Checks that fail when an answer takes longer than 0.5 to 1.5 s, which a busy machine may take: not counted as failed. */
const IN_A_HURRY = [
  'server-stateless/sep-2575-http-server-no-independent-requests-on-stream',
  'server-stateless/sep-2575-server-no-log-without-loglevel',
  'server-stateless/sep-2575-server-honors-notification-filter',
  'server-stateless/sep-2575-server-sends-prompts-list-changed-on-subscription',
  'server-stateless/sep-2575-server-sends-tools-list-changed-on-subscription',
];

/** Runs all scenarios that `revision` asks of a server against the one at `url`. */
export async function runSuite(url: string, revision: Revision): Promise<SuiteResult> {
  const folder = await makeTempFolder();
  const shim = new URL('node-20.mjs', import.meta.url).href;
  const flags = ['server', '--url', url, '--requirements', revision, '--output-dir', folder];
  const child = spawn(process.execPath, ['--import', shim, PROGRAM, ...flags], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  // Its status tells of failures, and the listed ones are failures too.
  await once(child, 'exit');
  const failed: string[] = [];
  const passed: string[] = [];
  for (const name of await readdir(folder)) {
    const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const checks = checksSchema.parse(JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8')));
    const withStatus = (status: string) =>
      checks.filter((check) => check.status === status).map(({ id }) => `${scenario}/${id}`);
    failed.push(...withStatus('FAILURE'));
    passed.push(...withStatus('SUCCESS'));
    if (!checks.some(({ status }) => status === 'FAILURE' || status === 'SUCCESS')) {
      failed.push(`${scenario}/nothing`);
    }
  }
  return {
    failed: failed.filter((check) => !IN_A_HURRY.includes(check)).toSorted(),
    passed: passed.toSorted(),
  };
}

/** Stands in front of a server and adds the token, which the suite cannot send; ends with the test. */
export async function forwardWithToken(target: string, token: string): Promise<string> {
  const { port } = new URL(target);
  const forwarder = createServer((request, response) => {
    const { method = 'GET', url: path = '/' } = request;
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    response.once('close', () => sent.destroy());
    request.pipe(sent);
  }).listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  onTestFinished(() => {
    forwarder.closeAllConnections();
    forwarder.close();
  });
  const address = forwarder.address() as AddressInfo;
  return `http://localhost:${address.port}${new URL(target).pathname}`;
}
