import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { readLaunch, repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

async function connect(mode: 'legacy' | 'auto' | { readonly pin: string }) {
  const { command, args } = readLaunch();
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: await makeTempFolder() };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(
    new StdioClientTransport({ command, args: [...args], cwd: repository, env, stderr: 'inherit' }),
  );
  onTestFinished(() => client.close());
  return client;
}

test.each([
  ['legacy', 'legacy'],
  ['auto', 'auto'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)('the 2.x client lists and calls tools in mode %s', async (_name, mode) => {
  const client = await connect(mode);
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(14);
  const answer = await client.callTool({ name: 'proxy_list', arguments: {} });
  expect(answer.isError).not.toBe(true);
  expect(JSON.stringify(answer.content)).toContain('No proxy is open');
});
