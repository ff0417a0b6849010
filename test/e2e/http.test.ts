import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, onTestFinished, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { readLaunch, repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const TOKEN = 'a-token-for-the-test';

/** Starts `serve --http` by the command in mcp.json; it ends with the test. */
async function startServer(
  env: Readonly<Record<string, string>> = { BREAKWATER_TOKEN: TOKEN },
  ...flags: string[]
) {
  const { command, args } = readLaunch();
  const workspace = await makeTempFolder();
  const child = spawn(command, [...args, '--http', '127.0.0.1:0', ...flags], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes('serves MCP at') && env.BREAKWATER_TOKEN !== undefined) break;
    if (line.startsWith('bearer token: ')) break;
  }
  const url = /http:\/\/\S+/.exec(lines.join('\n'))?.[0] ?? '';
  const shown = /bearer token: (\S+)/.exec(lines.join('\n'))?.[1] ?? null;
  return { child, url, token: env.BREAKWATER_TOKEN ?? shown ?? '', shown };
}

const init = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });

async function connectNew(url: string, token: string, mode: 'legacy' | 'auto' | { readonly pin: string }) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), init(token)));
  onTestFinished(() => client.close());
  return client;
}

test.each([
  ['legacy', 'legacy'],
  ['auto', 'auto'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)('the 2.x client lists and calls tools over HTTP in mode %s', async (_name, mode) => {
  const { url, token } = await startServer();
  const client = await connectNew(url, token, mode);
  expect((await client.listTools()).tools).toHaveLength(14);
  const answer = await client.callTool({ name: 'proxy_list', arguments: {} });
  expect(JSON.stringify(answer.content)).toContain('No proxy is open');
});

test('the 1.x client does too, with a token that the server made and showed', async () => {
  const { url, shown } = await startServer({});
  expect(shown).toMatch(/^[\w-]{43}$/);
  const client = new OldClient({ name: 'test', version: '1' });
  await client.connect(new OldTransport(new URL(url), init(shown ?? '')));
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools).toHaveLength(14);
});

test('clients of one workspace see the same runs, and a run outlives the request that began it', async () => {
  const target = await startTarget();
  const { url, token } = await startServer();
  const [first, second] = [await connectNew(url, token, 'auto'), await connectNew(url, token, 'legacy')];
  const yaml = `
title: A little latency
items:
- call: { method: GET, url: "${target.url}/" }
  context: { upstreams: [ "${target.url}" ], faults: [ { type: latency, mean: 20 } ], strategy: { mode: load, duration: 2s, clients: 1, rps: 20, baseline: false }, slo: [ { slo_type: error, objective: 99, threshold: 1 } ] }
`;
  const begun = await first.callTool({ name: 'scenario_run', arguments: { yaml, wait_seconds: 0 } });
  const id = /run_[0-9a-f]{16}/.exec(JSON.stringify(begun.content))?.[0] ?? '';
  const ended = await second.callTool({ name: 'run_report', arguments: { run_id: id } });
  expect(JSON.stringify(ended.content)).toContain('1 pass');
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request as any program could send it; `fetch` would not let Host and Origin be chosen. */
function ask(url: string, { method = 'POST', path = '/mcp', headers = {}, body }: Asked) {
  const { port } = new URL(url);
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: all }, async (answer) => {
        let text = '';
        for await (const part of answer) text += String(part);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

const bearer = { authorization: `Bearer ${TOKEN}` };
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

test('nobody comes in without the token, by another name, or from a page elsewhere', async () => {
  const { url } = await startServer();
  const { port } = new URL(url);
  const status = async (headers: Readonly<Record<string, string>>) =>
    (await ask(url, { headers, body: PING })).status;
  expect(await status({})).toBe(401);
  expect((await ask(url, { body: PING })).headers['www-authenticate']).toBe('Bearer');
  expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await status({ authorization: `Basic ${TOKEN}` })).toBe(401);
  expect(await status({ ...bearer, host: `rebound.example:${port}` })).toBe(403);
  expect(await status({ ...bearer, origin: 'https://evil.example' })).toBe(403);
  expect(await status({ ...bearer, origin: 'null' })).toBe(403);
  expect(await status({ ...bearer, host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(
    200,
  );
});

test('what is no message is refused with a reason, and the next one is answered', async () => {
  const { url } = await startServer();
  const refused = async (asked: Asked) => {
    const { status, text } = await ask(url, { headers: bearer, ...asked });
    return [status, JSON.parse(text).error.code];
  };
  expect(await refused({ body: '{"jsonrpc"' })).toEqual([400, -32_700]);
  expect(await refused({ body: `[${PING},${PING}]` })).toEqual([400, -32_600]);
  expect(await refused({ body: JSON.stringify({ pad: 'x'.repeat(5_000_000) }) })).toEqual([413, -32_000]);
  expect(await refused({ path: '/other', body: PING })).toEqual([404, -32_000]);
  expect((await ask(url, { headers: bearer, body: PING })).status).toBe(200);
});

test('--read-only leaves only tools that change nothing', async () => {
  const { url, token } = await startServer({ BREAKWATER_TOKEN: TOKEN }, '--read-only');
  const client = await connectNew(url, token, 'auto');
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(0);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
});

test('a taken port, and an address that is none, are said in words', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { command, args } = readLaunch();
  const startAt = async (address: string) => {
    const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: await makeTempFolder() };
    const child = spawn(command, [...args, '--http', address], {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
    });
    const [code] = await once(child, 'close');
    return { code, text };
  };
  const { port } = taken.address() as AddressInfo;
  const busy = await startAt(`127.0.0.1:${port}`);
  expect(busy).toMatchObject({
    code: 2,
    text: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`),
  });
  expect((await startAt('nonsense')).text).toContain('expected HOST:PORT');
  expect(busy.text).not.toContain('    at ');
});

test('SIGTERM ends the server, with what it had open', async () => {
  const target = await startTarget();
  const { child, url, token } = await startServer();
  const client = await connectNew(url, token, 'auto');
  const opened = await client.callTool({ name: 'proxy_open', arguments: { upstream: target.url } });
  const ports = [...JSON.stringify(opened.content).matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) =>
    Number(match[1]),
  );
  const port = ports.find((one) => one !== target.port);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
