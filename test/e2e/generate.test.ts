import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const TEMPLATE = `
title: A slow start of {{endpoint}}
items:
- context: { faults: [{ type: latency, mean: 100 }] }
  expect: { status: documented }
`;

async function makeWorkspace(config = ''): Promise<string> {
  const workspace = await makeTempFolder();
  await mkdir(join(workspace, 'chaos'));
  await writeFile(join(workspace, 'chaos', 'slow_start.yaml'), TEMPLATE);
  await writeFile(join(workspace, 'spec.json'), await readFile('test/golden/users-openapi.json', 'utf8'));
  if (config !== '') await writeFile(join(workspace, 'breakwater.yaml'), config);
  return workspace;
}

test('a folder gets one file for each endpoint, and they run together', async () => {
  const workspace = await makeWorkspace();
  const { call } = await startHost({ workspace });
  const { text } = await call('scenario_generate', {
    spec: 'spec.json',
    shapes: ['jitter', 'blackhole'],
    output: 'scenarios/',
  });
  expect((await readdir(join(workspace, 'scenarios'))).toSorted()).toEqual([
    'get-users-user_id.yaml',
    'get.yaml',
    'post-users.yaml',
  ]);
  expect(text).toContain('Written to 3 files: scenarios/get.yaml, scenarios/post-users.yaml');
  expect(text).toMatch(/One run takes about \d+s, 8 items side by side \(\d+s one after another\)/);
  const dry = await call('scenario_run', { file: 'scenarios', dry_run: true });
  expect(dry.text).toContain('Valid: 6 scenarios');
});

test('a file that is named gets all, in a folder that did not exist', async () => {
  const workspace = await makeWorkspace();
  const { call } = await startHost({ workspace });
  await call('scenario_generate', { spec: 'spec.json', shapes: ['jitter'], output: 'out/all.yaml' });
  const text = await readFile(join(workspace, 'out', 'all.yaml'), 'utf8');
  expect(text.match(/^title:/gm)).toHaveLength(3);
});

test('templates come from the folder that breakwater.yaml or the argument names', async () => {
  const workspace = await makeWorkspace('templates: chaos\n');
  const { call } = await startHost({ workspace });
  const byConfig = await call('scenario_generate', { spec: 'spec.json', shapes: ['slow_start'] });
  expect(byConfig.text).toContain('3 scenarios for 3 operations');
  expect(byConfig.text).toContain('title: A slow start of GET /');
  const unknown = await call('scenario_generate', { spec: 'spec.json', shapes: ['slow_stat'] });
  expect(unknown.text).toContain('the nearest is "slow_start"');
});

test('templates outside the workspace are refused, and so is a folder without any', async () => {
  const workspace = await makeWorkspace();
  const { call } = await startHost({ workspace });
  const outside = await call('scenario_generate', { spec: 'spec.json', templates: '..' });
  expect(outside.text).toContain('does not lie below the workspace');
  const none = await call('scenario_generate', { spec: 'spec.json', templates: 'nothing' });
  expect(none.text).toContain('names no YAML file');
});

test('a spec that leaves the port open is read where base_url says, and else asked for', async () => {
  const workspace = await makeWorkspace('spec: http://127.0.0.1:{port}/openapi.json\n');
  const text = await readFile('test/golden/users-openapi.json', 'utf8');
  const { url } = await startTarget((_request, response) => response.end(text));
  const { call } = await startHost({ workspace });
  const asked = await call('scenario_generate', { shapes: ['jitter'] });
  expect(asked.isError).toBe(true);
  expect(asked.text).toContain(
    'where does the service run? http://127.0.0.1:{port}/openapi.json leaves that open',
  );
  expect(asked.text).toContain('Give base_url');
  const made = await call('scenario_generate', { shapes: ['jitter'], base_url: url });
  expect(made.text).toContain('3 scenarios for 3 operations');
});
