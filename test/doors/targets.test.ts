import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Toxiproxy } from 'toxiproxy-node-client';
import { expect, onTestFinished, test } from 'vitest';
import { openToxiproxy } from '../../src/cli/toxiproxy.ts';
import { startTarget } from '../helpers/http-target.ts';
import { openTools } from './tool-session.ts';

/** RFC 5737 §3: documentation; nothing may be sent there. */
const ELSEWHERE = '192.0.2.1';
const METADATA = '169.254.169.254';

const item = (url: string, context = '') =>
  `items:\n- call: { url: "${url}", timeout: 50 }\n  context: { ${context} }\n  expect: { status: 200 }\n`;
const scenario = (url: string, config = '', context = '') =>
  `title: T\n${config === '' ? '' : `config: { ${config} }\n`}${item(url, context)}`;

/** Tool, arguments: each names `HOST` where a target stands. */
const PLACES: readonly (readonly [string, string, object])[] = [
  ['a document by URL', 'scenario_generate', { spec: 'http://HOST/openapi.json' }],
  ['a URL to probe', 'fault_probe', { url: 'http://HOST/', faults: [{ type: 'latency', mean: 1 }] }],
  [
    'a dependency to probe',
    'fault_probe',
    {
      url: 'http://127.0.0.1:9/',
      dependency: '39998=psql://HOST:5432',
      faults: [{ type: 'latency', mean: 1 }],
    },
  ],
  ['an HTTP upstream', 'proxy_open', { upstream: 'http://HOST' }],
  ['a database upstream', 'proxy_open', { upstream: 'psqls://user:pass@HOST' }],
  ['a TCP upstream', 'proxy_open', { upstream: 'HOST:6379' }],
  ['a call', 'scenario_run', { yaml: scenario('http://HOST/a') }],
  ['a call by HTTPS', 'scenario_run', { yaml: scenario('https://HOST/a') }],
  ['a call behind a user name', 'scenario_run', { yaml: scenario('http://127.0.0.1:9@HOST/a') }],
  [
    'a setup call',
    'scenario_run',
    { yaml: scenario('http://127.0.0.1:9/', 'setup: [{ method: GET, url: "http://HOST/" }]') },
  ],
  [
    'a teardown call',
    'scenario_run',
    { yaml: scenario('http://127.0.0.1:9/', 'teardown: [{ method: GET, url: "http://HOST/" }]') },
  ],
  ['base_url', 'scenario_run', { yaml: scenario('http://127.0.0.1:9/'), base_url: 'http://HOST' }],
  [
    'a mapped dependency',
    'scenario_run',
    { yaml: scenario('http://127.0.0.1:9/', '', 'proxy: { proxies: ["39999=psql://HOST:5432"] }') },
  ],
  [
    'an upstream by the forward proxy',
    'scenario_run',
    {
      yaml: scenario(
        'http://127.0.0.1:9/',
        '',
        'upstreams: ["http://HOST"], faults: [{ type: latency, mean: 1 }]',
      ),
    },
  ],
];

function at(host: string, args: object): object {
  return JSON.parse(JSON.stringify(args).replaceAll('HOST', host));
}

/** What a call ends with: the code of its error, or its text. A run is asked for its end. */
async function outcomeOf(tools: Awaited<ReturnType<typeof openTools>>, tool: string, args: object) {
  try {
    return await tools.call(tool, args);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

test.each(PLACES)('%s elsewhere is refused before anything is sent', async (_place, tool, args) => {
  const tools = await openTools();
  expect(await outcomeOf(tools, tool, at(ELSEWHERE, args))).toBe('TARGET_NOT_ALLOWED');
});

test.each(PLACES)('%s at a metadata service is refused though it is listed', async (_place, tool, args) => {
  const tools = await openTools(`targets: { allow_hosts: ["${METADATA}"] }\n`);
  expect(await outcomeOf(tools, tool, at(METADATA, args))).toBe('TARGET_NOT_ALLOWED');
});

test('a $ref to another host is not followed', async () => {
  const { url } = await startTarget((_request, response) => {
    const schema = { $ref: `http://${ELSEWHERE}/schemas.json#/A` };
    const get = { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } };
    response.end(
      JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { get } } }),
    );
  });
  const { call } = await openTools();
  expect(await call('scenario_generate', { spec: url, shapes: ['jitter'] })).toContain(
    'is not an allowed target',
  );
});

test('a value that a setup call captures cannot turn the next call to another host', async () => {
  const asked: string[] = [];
  const { port } = await startTarget((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json').end(`{"name":"${ELSEWHERE}/"}`);
  });
  const tools = await openTools();
  const config = `setup: [{ method: GET, url: "http://127.0.0.1:${port}/", capture: { name: /name } }]`;
  const yaml = scenario(`http://{name}@127.0.0.1:${port}/a`, config);
  await tools.call('scenario_run', { yaml, wait_seconds: 60 });
  expect(asked).toContain('/a');
});

test("an upstream of Toxiproxy's API passes the policy", async () => {
  const { session } = await openTools();
  const api = await openToxiproxy(session, '127.0.0.1:0', '1');
  onTestFinished(() => api.close());
  const client = new Toxiproxy(/http:\S+\d/.exec(api.text)?.[0] ?? '');
  for (const upstream of [`${ELSEWHERE}:80`, `${METADATA}:80`]) {
    const created = client.createProxy({ name: upstream, listen: '127.0.0.1:0', upstream });
    await expect(created).rejects.toThrow('status code 403');
  }
});

test('no part of the program opens a proxy past the policy, dependencies of breakwater.yaml included', async () => {
  const { session } = await openTools();
  const host = await session.proxyHost();
  const program = { seed: 1, itemKey: '', epochMs: 0, faults: [] };
  for (const protocol of ['http', 'https', 'psql', 'tcp'] as const) {
    const upstream = { protocol, host: ELSEWHERE, port: 80 };
    const opened = host.open({ name: 'db (scratch)', listenPort: 0, upstream }, program);
    await expect(opened).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
  }
});

test.each([
  ['model', 'model: { base_url: "http://HOST/v1", model: m }', 'review_code', { model: 'configured' }],
  [
    'embeddings',
    'embeddings: { base_url: "http://HOST/v1", model: m }',
    'code_index',
    { embeddings: 'configured' },
  ],
  [
    'Qdrant',
    'embeddings: { base_url: "http://127.0.0.1:9/v1", model: m }\nqdrant: { url: "http://HOST" }',
    'code_index',
    { embeddings: 'configured' },
  ],
])(
  '%s elsewhere needs an approved file, and a metadata service is not asked even then',
  async (_name, config, tool, args) => {
    const unapproved = await openTools(`${config.replace('HOST', ELSEWHERE)}\n`);
    await writeFile(join(unapproved.workspace, 'a.js'), 'const a = 1;\n');
    expect(await outcomeOf(unapproved, tool, args)).toBe('NOT_TRUSTED');
    const approved = await openTools(`${config.replace('HOST', METADATA)}\n`);
    await approved.trust();
    expect(await outcomeOf(approved, tool, args)).toBe('TARGET_NOT_ALLOWED');
  },
);
