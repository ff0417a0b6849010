import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { unpackExtension } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Ajv } from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { makeManifest, packBundle } from '../../scripts/pack-mcpb.ts';
import { repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const require = createRequire(import.meta.url);
const MAX_BUNDLE_BYTES = 6_000_000;

test('the manifest of the bundle fits the JSON Schema of MCPB 0.3 and has the version of package.json', async () => {
  const path = require.resolve('@anthropic-ai/mcpb/mcpb-manifest-v0.3.schema.json');
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    JSON.parse(await readFile(path, 'utf8')),
  );
  const manifest = makeManifest();
  validate(manifest);
  expect(validate.errors).toBeNull();
  expect(manifest.version).toBe(JSON.parse(await readFile(`${repository}/package.json`, 'utf8')).version);
});

test('the bundle, unpacked and started as its manifest says, serves the tools that it names', async () => {
  const bundle = await packBundle(await makeTempFolder());
  expect((await stat(bundle)).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
  const folder = join(await makeTempFolder(), 'unpacked');
  expect(await unpackExtension({ mcpbPath: bundle, outputDir: folder, silent: true })).toBe(true);
  const manifest: ReturnType<typeof makeManifest> = JSON.parse(
    await readFile(join(folder, 'manifest.json'), 'utf8'),
  );
  const workspace = await makeTempFolder();
  const { command, args } = manifest.server.mcp_config;
  const filled = args.map((text) =>
    text.replace('$' + '{__dirname}', folder).replace('$' + '{user_config.workspace}', workspace),
  );
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_HOME: join(workspace, '.home') };
  await client.connect(new StdioClientTransport({ command, args: filled, env, cwd: folder }));
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  const named = manifest.tools.map(({ name }) => name);
  expect(named).toEqual(expect.arrayContaining(tools.map(({ name }) => name)));
  expect(client.getServerVersion()?.version).toBe(manifest.version);
});

test('the file of the command breakwater-mcp serves without a word, as where a script names the file', async () => {
  const { bin } = JSON.parse(await readFile(`${repository}/package.json`, 'utf8'));
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: await makeTempFolder() };
  const file = join(repository, bin['breakwater-mcp']);
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [file], env }));
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools).not.toEqual([]);
});
