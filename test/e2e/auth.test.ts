import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const TOKEN = 'tok-4711-abcdef';
const KEY = 'key/with odd+signs';

/** A service that wants a token or a key in the query, and repeats in its answers what it was given. */
async function startService() {
  const seen: (readonly [string, string, string])[] = [];
  const target = await startTarget((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push([method, url, headers.authorization ?? '']);
    const { searchParams, pathname } = new URL(url, 'http://x');
    const known =
      pathname === '/orders'
        ? headers.authorization === `Bearer ${TOKEN}`
        : searchParams.get('api_key') === KEY;
    const status = known ? (pathname === '/fails' ? 500 : 200) : 401;
    response.writeHead(status, { 'content-type': 'text/plain' });
    response.end(`${url} was asked for with ${headers.authorization} and ${searchParams.get('api_key')}`);
  });
  return { ...target, seen };
}

function specOf(url: string): string {
  const responses = { 200: { description: 'ok' } };
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url }],
    components: {
      securitySchemes: {
        bearerAuth: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'query', name: 'api_key' },
      },
    },
    paths: {
      '/orders': { get: { responses, security: [{ bearerAuth: [] }] } },
      '/items': { get: { responses, security: [{ apiKey: [] }] } },
      '/fails': { get: { responses, security: [{ apiKey: [] }] } },
    },
  });
}

async function readTree(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  return texts.join('\n');
}

test('credentials from the environment reach the service, and are found in no file and no answer', async () => {
  const workspace = await makeTempFolder();
  const service = await startService();
  await writeFile(join(workspace, 'spec.json'), specOf(service.url));
  const lines = [
    'auth:',
    '  bearerAuth: { type: bearer, env: SHOP_TOKEN }',
    `  apiKey: { type: apiKey, in: query, name: api_key, value: "$\{SHOP_KEY}" }`,
  ];
  await writeFile(join(workspace, 'breakwater.yaml'), `${lines.join('\n')}\n`);
  const { call } = await startHost({ workspace, env: { SHOP_TOKEN: TOKEN, SHOP_KEY: KEY } });
  const generated = await call('scenario_generate', { spec: 'spec.json', shapes: ['jitter'], seed: 1 });
  expect(generated.text).not.toContain('security:');
  expect(generated.text).toContain('auth:');
  const run = await call('scenario_run', { scenario_id: 'latest', wait_seconds: 60 });
  const report = await call('run_report', { run_id: 'latest', view: 'full' });
  const item = await call('run_report', { run_id: 'latest', view: 'item', item: 'item-3' });
  expect(service.seen.length).toBeGreaterThanOrEqual(3);
  expect(service.seen.filter(([, url]) => url === '/orders').map(([, , token]) => token)).toEqual([
    `Bearer ${TOKEN}`,
    `Bearer ${TOKEN}`,
  ]);
  expect(run.text).toMatch(/2 pass/);
  const kept = await readTree(join(workspace, '.breakwater'));
  expect(kept).toMatch(/was asked for with .* and \*\*\*/);
  for (const text of [kept, generated.text, run.text, report.text, item.text]) {
    for (const secret of [TOKEN, KEY, encodeURIComponent(KEY)]) expect(text).not.toContain(secret);
  }
});

test('a scheme without configuration gives one notice with the line to add, a key in the query too', async () => {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'spec.json'), specOf('http://127.0.0.1:9'));
  const { call } = await startHost({ workspace });
  const { text } = await call('scenario_generate', {
    spec: 'spec.json',
    shapes: ['jitter'],
    headers: { Authorization: 'Bearer x' },
  });
  expect(text.match(/auth: \{/g)).toHaveLength(1);
  expect(text).toContain(
    'security: GET /items, GET /fails ask for apiKey (query api_key), which is not given: expect 401 or 403. ' +
      'Add to breakwater.yaml: auth: { apiKey: { type: apiKey, in: query, name: api_key, env: API_KEY } }',
  );
});

test('a variable that is not set is said before anything is sent', async () => {
  const workspace = await makeTempFolder();
  const service = await startService();
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    'auth: { default: { type: bearer, env: SHOP_TOKEN } }\n',
  );
  const { call } = await startHost({ workspace });
  const yaml = `title: T\nitems:\n- call: { url: ${service.url}/orders }\n  expect: { status: 200 }\n`;
  const { text, isError } = await call('scenario_run', { yaml });
  expect(isError).toBe(true);
  expect(text).toContain('auth.default: the variable SHOP_TOKEN is not set');
  expect(service.seen).toEqual([]);
});

test('credentials go beyond this machine only by a file that the user has approved', async () => {
  const workspace = await makeTempFolder();
  const lines = [
    'auth: { default: { type: bearer, env: SHOP_TOKEN } }',
    // TEST-NET-1 (RFC 5737): nobody is there, and nothing is sent.
    'targets: { allow_hosts: ["192.0.2.1"] }',
  ];
  await writeFile(join(workspace, 'breakwater.yaml'), `${lines.join('\n')}\n`);
  // Nor is it enough that the user agrees to the host.
  const { call } = await startHost({ workspace, env: { SHOP_TOKEN: TOKEN }, answer: 'accept' });
  const yaml =
    'title: T\nitems:\n- call: { url: http://192.0.2.1/a, timeout: 50 }\n  expect: { status: 200 }\n';
  const { text, isError } = await call('scenario_run', { yaml });
  expect(isError).toBe(true);
  expect(text).toContain('has not been approved');
  expect(text).not.toContain(TOKEN);
});
