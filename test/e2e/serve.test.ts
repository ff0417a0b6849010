import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { runShell, startShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

async function listTools(flags: readonly string[]): Promise<readonly string[]> {
  const { client } = await startHost({ workspace: await makeTempFolder(), flags });
  return (await client.listTools()).tools.map(({ name }) => name);
}

test('--tools serves the groups that are named, in the order of the loop, each with what its runs need', async () => {
  const proxies = ['proxy_open', 'proxy_close', 'proxy_list'];
  expect(await listTools(['--tools', 'proxies'])).toEqual(proxies);
  const review = ['run_report', 'run_cancel', ...proxies, 'review_code', 'patch_propose', 'patch_verify'];
  expect(await listTools(['--tools', 'review, proxies'])).toEqual(review);
  expect(await listTools(['--tools=review', '--tools=proxies'])).toEqual(review);
  expect(await listTools(['--tools', 'code', '--read-only'])).toEqual(['code_search', 'code_context']);
});

test('a prompt is served with the tools that it walks through only', async () => {
  const { client } = await startHost({
    workspace: await makeTempFolder(),
    flags: ['--tools', 'review,code,drills'],
  });
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['failure-drill']);
});

test('an answer proposes no call of a tool that is not served', async () => {
  const whole = await startHost({ workspace: await makeTempFolder() });
  expect((await whole.call('code_index')).text).toContain('Next: review_code');
  const code = await startHost({ workspace: await makeTempFolder(), flags: ['--tools', 'code'] });
  expect((await code.call('code_index')).text).not.toContain('Next:');
});

test.each([
  [
    ['--tools', 'scenarios,proxy'],
    /no group "proxy"\.\nThe groups are scenarios, proxies, code, review, drills; /,
  ],
  [['--tools', ','], /no group ","/],
  [['--tools', 'scenarios', '--read-only'], /leaves no tool/],
  [['--colour'], /Unknown option '--colour'\.\nbreakwater serve --help/],
  [['--http', 'here'], /expected HOST:PORT, got "here"/],
] as const)('serve %j ends with status 2 and says what was expected', async (flags, message) => {
  const { status, stdout, stderr } = await runShell(await makeTempFolder(), ['serve', ...flags]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('serve --help lists every flag', async () => {
  const { status, stdout } = await runShell(await makeTempFolder(), ['serve', '--help']);
  expect(status).toBe(0);
  for (const flag of ['--root', '--http', '--tools', '--read-only', '--structured-output'])
    expect(stdout).toContain(flag);
});

test('breakwater-mcp is the server with any flag of serve, and the command line with a word', async () => {
  const workspace = await makeTempFolder();
  const command = join(workspace, 'breakwater-mcp');
  await symlink(join(repository, 'dist/cli.js'), command);
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace };
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command, args: ['--tools', 'proxies'], env }));
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools).toHaveLength(3);

  const { child } = startShell(workspace, ['--http', '127.0.0.1:0'], { command });
  const shown = await new Promise<string>((resolve) => {
    child.stderr?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
  });
  expect(shown).toMatch(/serves MCP at http:\/\/127\.0\.0\.1:\d+\/mcp/);
  const help = await startShell(workspace, ['--help'], { command }).ended;
  expect(help.stdout).toContain('Usage: breakwater');
  const doctor = await startShell(workspace, ['--root', workspace, 'doctor'], { command }).ended;
  expect(doctor.stdout).toContain('node: ');
});
