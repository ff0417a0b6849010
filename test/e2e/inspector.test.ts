import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { allToolsRequired } from '../examples/find-python.ts';
import { startHttpServer } from '../helpers/http-server.ts';
import { readLaunch, repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** Too heavy for a development dependency (its web client): npx fetches it once and keeps it. */
const INSPECTOR = ['-y', '@modelcontextprotocol/inspector@2.12.0', '--cli'];
const ERAS = ['legacy', 'modern'] as const;

async function inspect(args: readonly string[]) {
  const child = spawn('npx', [...INSPECTOR, ...args], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => {
    printed.stdout += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    printed.stderr += part.toString();
  });
  const [status] = await once(child, 'close');
  return { status, ...printed };
}

/** Skips where npx can fetch nothing. */
async function demandInspector(context: TestContext): Promise<void> {
  const { status, stderr } = await inspect(['--version']);
  if (status === 0) return;
  const missing = `npx cannot run the MCP Inspector: ${stderr.trim().split('\n').at(-1)}`;
  if (allToolsRequired()) throw new Error(`${missing}, and it is required here`);
  context.skip(missing);
}

const LIST = ['--method', 'tools/list', '--strict', '--format', 'json'];
const CALL = ['--method', 'tools/call', '--tool-name', 'proxy_list'];

test('the MCP Inspector lists the tools over stdio, strictly and without a warning, and calls one', async (context) => {
  await demandInspector(context);
  const { command, args } = readLaunch();
  const server = [command, ...args, '-e', `BREAKWATER_WORKSPACE=${await makeTempFolder()}`];
  for (const era of ERAS) {
    const listed = await inspect([...server, ...LIST, '--protocol-era', era]);
    expect(listed.stderr).not.toMatch(/Warning|Error/);
    expect(listed).toMatchObject({ status: 0, stdout: expect.stringContaining('"scenario_run"') });
    const called = await inspect([...server, ...CALL, '--protocol-era', era]);
    expect(called).toMatchObject({ status: 0, stdout: expect.stringContaining('No proxy is open') });
  }
});

test('the MCP Inspector does so over Streamable HTTP and over HTTP with SSE', async (context) => {
  await demandInspector(context);
  const { url, sseUrl, token } = await startHttpServer();
  const header = ['--header', `Authorization: Bearer ${token}`];
  const places = [
    ...ERAS.map((era) => ['--server-url', url, '--transport', 'http', '--protocol-era', era]),
    ['--server-url', sseUrl, '--transport', 'sse'],
  ];
  for (const place of places) {
    const listed = await inspect([...place, ...header, ...LIST]);
    expect(listed).toMatchObject({ status: 0, stdout: expect.stringContaining('"scenario_run"') });
    const called = await inspect([...place, ...header, ...CALL]);
    expect(called).toMatchObject({ status: 0, stdout: expect.stringContaining('No proxy is open') });
  }
});
