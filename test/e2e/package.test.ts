import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { npm, npx, packProduct, run } from '../helpers/packed.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const MAX_TARBALL_BYTES = 6_000_000;

test('the packed tarball, installed without network in an empty folder, is a server that reviews and opens proxies', async () => {
  const { tarball, files } = await packProduct(await makeTempFolder());
  expect((await stat(tarball)).size).toBeLessThanOrEqual(MAX_TARBALL_BYTES);
  expect(
    files.filter(
      (path) => !/^(dist\/|package\.json$|mcp\.json$|README\.md$|CHANGELOG\.md$|LICENSE$)/.test(path),
    ),
  ).toEqual([]);

  const home = await makeTempFolder();
  await writeFile(join(home, 'package.json'), '{"private":true}\n');
  await run(npm, ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home });
  const lock = JSON.parse(await readFile(join(home, 'package-lock.json'), 'utf8')) as { packages: object };
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/breakwater-mcp']);

  const workspace = await makeTempFolder();
  await writeFile(
    join(workspace, 'app.py'),
    'import requests\n\n\ndef load():\n    return requests.get("http://a/")\n',
  );
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StdioClientTransport({
      command: join(home, 'node_modules/.bin/breakwater-mcp'),
      args: [],
      env,
      cwd: workspace,
    }),
  );
  onTestFinished(() => client.close());
  const review = await client.callTool({ name: 'review_code', arguments: {} });
  expect(JSON.stringify(review.content)).toContain('python-http-call-without-timeout');
  const opened = await client.callTool({ name: 'proxy_open', arguments: { upstream: 'http://127.0.0.1:9' } });
  expect(opened.isError).not.toBe(true);
}, 120_000);

test('npx -y ./TARBALL in an empty folder, offline, serves MCP over stdio', async () => {
  const workspace = await makeTempFolder();
  const { tarball } = await packProduct(await makeTempFolder());
  await copyFile(tarball, join(workspace, 'breakwater.tgz'));
  // Else npm looks for a project in the folders above, and what lies in the folder for temporary files is not ours.
  await mkdir(join(workspace, 'node_modules'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: workspace,
    npm_config_cache: await makeTempFolder(),
    npm_config_offline: 'true',
  };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StdioClientTransport({ command: npx, args: ['-y', './breakwater.tgz'], env, cwd: workspace }),
  );
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('scenario_run');
}, 120_000);
