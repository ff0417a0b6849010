import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INITIALIZE, startBare } from '../helpers/bare-stdio.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test('the tools, resources and prompts are listed', async () => {
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'scenario_generate',
    'scenario_run',
    'fault_probe',
    'run_report',
    'run_cancel',
    'proxy_open',
    'proxy_close',
    'proxy_list',
    'code_index',
    'code_search',
    'code_context',
    'review_code',
    'patch_propose',
    'patch_verify',
    'drill_run',
  ]);
  for (const { name, annotations, inputSchema, description } of tools) {
    expect(Object.keys(annotations ?? {}).toSorted(), name).toEqual([
      'destructiveHint',
      'idempotentHint',
      'openWorldHint',
      'readOnlyHint',
      'title',
    ]);
    expect(inputSchema.type, name).toBe('object');
    expect(description?.length, name).toBeLessThanOrEqual(2_048);
  }
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual([
    'resilience-review',
    'harden-endpoint',
    'failure-drill',
  ]);
  expect(
    (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
  ).toContain('breakwater://runs/{run_id}/{file}');
});

test('the first 512 characters of the instructions stand alone, and all of them are read', async () => {
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const instructions = client.getInstructions() ?? '';
  expect(instructions.length).toBeLessThanOrEqual(2_048);
  const first = instructions.slice(0, 512);
  const [lead = ''] = instructions.split('\n\n');
  expect(first.startsWith(`${lead}\n\n`)).toBe(true);
  expect(lead).toMatch(/\.$/);
  // What it is for, the loop, how a long run is waited for, and what may be called.
  for (const part of [
    'HTTP service',
    'scenario_generate',
    'scenario_run',
    'run_report {"run_id"',
    'loopback',
  ])
    expect(lead).toContain(part);
  const names = (await client.listTools()).tools.map(({ name }) => name);
  const called = [...instructions.matchAll(/\b[a-z]+_[a-z]+\b/g)].map(([name]) => name);
  expect([...new Set(called.filter((name) => !names.includes(name)))]).toEqual(['run_id']);
});

test('the prompt walks through the loop with the document that was given', async () => {
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const { messages } = await client.getPrompt({
    name: 'resilience-review',
    arguments: { spec: 'openapi.yaml' },
  });
  const [message] = messages;
  expect(message?.content).toMatchObject({
    text: expect.stringContaining('scenario_generate {"spec": "openapi.yaml"}'),
  });
});

test('every call that a prompt writes names a tool that there is', async () => {
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  const given = { spec: 'openapi.yaml', operation: 'GET /orders/{id}' };
  for (const { name, arguments: wanted = [] } of (await client.listPrompts()).prompts) {
    const args = Object.fromEntries(
      Object.entries(given).filter(([key]) => wanted.some((one) => one.name === key)),
    );
    const { messages } = await client.getPrompt({ name, arguments: args });
    const text = JSON.stringify(messages);
    const called = [...text.matchAll(/\b([a-z]+_[a-z]+) (?:\{|with|for it)/g)].map((match) => match[1]);
    expect(called.length).toBeGreaterThan(2);
    expect(called.filter((tool) => !names.includes(tool ?? ''))).toEqual([]);
    if (args.operation !== undefined) expect(text).toContain('GET /orders/{id}');
  }
});

test('the scenario format is a resource', async () => {
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const { contents } = await client.readResource({ uri: 'breakwater://scenario-format' });
  expect(JSON.stringify(contents)).toContain('packetloss');
});

test('an unknown tool is a protocol error, and the server lives on', async () => {
  const { client, call } = await startHost({ workspace: await makeTempFolder() });
  await expect(client.callTool({ name: 'scenario_rnu' })).rejects.toThrow(
    /There is no tool "scenario_rnu"; did you mean scenario_run\? The tools are scenario_generate, /,
  );
  expect((await call('proxy_list')).isError).toBe(false);
});

test('a wrong argument is named, with what was expected', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('fault_probe', {
    url: 'http://127.0.0.1:1/',
    faults: [{ type: 'latency' }],
    clients: 'many',
    mehtod: 'GET',
  });
  expect(isError).toBe(true);
  expect(text).toMatch(/clients: .*expected number.*got "many"/);
  expect(text).toMatch(/"mehtod" is no argument; did you mean method\?/);
  expect(text).not.toMatch(/\n\s+at /);
});

test('a small slip in an argument is mended', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text } = await call('run_report', { runId: 'run_00', waitSeconds: '0' });
  expect(text).toMatch(/^NOT_FOUND/);
});

test.each([
  [
    'an unreachable target',
    'scenario_generate',
    { spec: 'http://127.0.0.1:9/openapi.json' },
    /^TARGET_UNREACHABLE: .*ECONNREFUSED.*\nStart the service/,
  ],
  [
    'a target elsewhere',
    'scenario_generate',
    { spec: 'http://192.0.2.1/openapi.json' },
    /^TARGET_NOT_ALLOWED: .*\nOnly the user can allow it/,
  ],
  [
    'a document that is not OpenAPI',
    'scenario_generate',
    { spec: 'notes.yaml' },
    /^OPENAPI_INVALID: .*notes\.yaml/,
  ],
  ['a file that does not exist', 'scenario_run', { file: 'none.yaml' }, /^NOT_FOUND: .*none\.yaml/],
  ['a folder that does not exist', 'code_index', { path: 'none' }, /^NOT_FOUND: .*none/],
  ['a path that climbs out', 'scenario_generate', { spec: '../../etc/passwd' }, /^PATH_NOT_ALLOWED/],
  ['a run that does not exist', 'run_report', { run_id: 'run_0123456789abcdef' }, /^NOT_FOUND/],
])('%s is one clear message, and the server lives on', async (_case, tool, args, expected) => {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'notes.yaml'), 'shopping: [milk]\n');
  const { call } = await startHost({ workspace });
  const { text, isError } = await call(tool, args);
  expect(isError).toBe(true);
  expect(text).toMatch(expected);
  expect(text).not.toMatch(/\n\s+at /);
  expect((await call('proxy_list')).isError).toBe(false);
});

test('a workspace that does not exist is told when a tool needs it', async () => {
  const { call } = await startHost({ workspace: '/does/not/exist' });
  expect((await call('code_index')).text).toMatch(
    /^NOT_FOUND: The workspace \/does\/not\/exist does not exist/,
  );
});

test('garbage on stdin is survived, and stdout carries nothing but the protocol', async () => {
  const { lines, next, send } = startBare(await makeTempFolder());
  send('this is not JSON');
  send('{"jsonrpc":"2.0"');
  send('[]');
  const answered = next();
  send(INITIALIZE);
  expect(JSON.parse(await answered)).toMatchObject({ id: 1, result: { serverInfo: { name: 'breakwater' } } });
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
});

test('a closed stdout ends the process', async () => {
  const { child, send } = startBare(await makeTempFolder());
  const exited = once(child, 'exit');
  child.stdout.destroy();
  send(INITIALIZE);
  await exited;
  expect(child.exitCode).not.toBeNull();
});

test('with --structured-output an answer carries the same facts as JSON', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder(), flags: ['--structured-output'] });
  expect((await call('proxy_list')).structured).toEqual({ proxies: [] });
  const plain = await startHost({ workspace: await makeTempFolder() });
  expect((await plain.call('proxy_list')).structured).toBeUndefined();
});
