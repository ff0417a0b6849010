import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { readLaunch, repository, startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const SHOP = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'http://127.0.0.1:9' }],
  paths: {
    '/orders': { get: { operationId: 'listOrders', responses: { 200: { description: 'ok' } } } },
    '/orders/{id}': {
      get: {
        operationId: 'getOrder',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'ok' } },
      },
    },
  },
};

async function makeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const workspace = await makeTempFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(workspace, name, '..'), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  return workspace;
}

interface Asked {
  readonly name: string;
  readonly value: string;
}

/** What a host offers while the user types an argument of a prompt. */
async function startPrompts(workspace: string, kind: 'auto' | '1.x') {
  const client = kind === '1.x' ? (await startHost({ workspace })).client : await connectNew(workspace);
  return async (name: string, argument: Asked, given: Readonly<Record<string, string>> = {}) => {
    const ref = { type: 'ref/prompt' as const, name };
    const request = { ref, argument: { ...argument }, context: { arguments: { ...given } } };
    return (await client.complete(request)).completion.values;
  };
}

async function connectNew(workspace: string): Promise<Client> {
  const { command, args } = readLaunch();
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ command, args: [...args], cwd: repository, env }));
  onTestFinished(() => client.close());
  return client;
}

test.each([['1.x'], ['auto']] as const)(
  'operations and documents are offered as they are typed, to a client %s',
  async (kind) => {
    const ask = await startPrompts(
      await makeProject({
        'breakwater.yaml': 'spec: api/shop.openapi.json\n',
        'api/shop.openapi.json': JSON.stringify(SHOP),
        'package.json': '{}',
        'node_modules/other/openapi.json': '{}',
        '.gitignore': 'node_modules\n',
      }),
      kind,
    );
    const operation = (value: string) => ask('harden-endpoint', { name: 'operation', value });
    expect(await operation('')).toEqual(['listOrders', 'getOrder', 'GET /orders', 'GET /orders/{id}']);
    expect(await operation('GET')).toEqual(['getOrder', 'GET /orders', 'GET /orders/{id}']);
    expect(await operation('/{ID')).toEqual(['GET /orders/{id}']);
    expect(await operation('payments')).toEqual([]);
    const document = await ask('resilience-review', { name: 'spec', value: '' });
    expect(document).toEqual(['api/shop.openapi.json', 'breakwater.yaml', 'package.json']);
  },
);

test('operations are those of the document that was chosen before, and of none that cannot be read', async () => {
  const other = { ...SHOP, paths: { '/health': SHOP.paths['/orders'] } };
  const ask = await startPrompts(
    await makeProject({
      'breakwater.yaml': 'spec: shop.json\n',
      'shop.json': JSON.stringify(SHOP),
      'other.json': JSON.stringify(other),
      'broken.json': '{',
    }),
    'auto',
  );
  const operation = (spec: string) => ask('harden-endpoint', { name: 'operation', value: 'GET /' }, { spec });
  expect(await operation('other.json')).toEqual(['GET /health']);
  expect(await operation('broken.json')).toEqual([]);
  expect(await operation('../outside.json')).toEqual([]);
  expect(await operation('http://127.0.0.1:9/openapi.json')).toEqual([]);
});

test('ids and files of what is there are offered for resources, the latest first', async () => {
  const workspace = await makeTempFolder();
  const { client } = await startHost({ workspace });
  for (const id of ['run_0a', 'run_0b', 'run_0c']) {
    await mkdir(join(workspace, '.breakwater/runs', id), { recursive: true });
    await writeFile(join(workspace, '.breakwater/runs', id, 'report.md'), '# Report');
  }
  await writeFile(join(workspace, '.breakwater/runs/latest'), 'run_0b\n');
  const complete = async (name: string, value: string, given = {}) => {
    const ref = { type: 'ref/resource' as const, uri: 'breakwater://runs/{run_id}/{file}' };
    const answer = await client.complete({ ref, argument: { name, value }, context: { arguments: given } });
    return answer.completion.values;
  };
  expect(await complete('run_id', '')).toEqual(['run_0b', 'run_0a', 'run_0c']);
  expect(await complete('run_id', 'run_0c')).toEqual(['run_0c']);
  expect(await complete('file', '', { run_id: 'run_0a' })).toEqual(['report.md']);
  expect(await complete('file', '', { run_id: '../..' })).toEqual([]);
  expect(await complete('file', 'verd')).toEqual(['verdict.json']);
});
