import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { TOOLS } from '../../src/tools/index.ts';
import { type Asked, ask, PING } from '../helpers/ask-http.ts';
import { connectTo } from '../helpers/clients.ts';
import { startHttpServer, TOKEN } from '../helpers/http-server.ts';
import { startTarget } from '../helpers/http-target.ts';
import { readLaunch, repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test('a token is made and shown where none is given', async () => {
  const server = await startHttpServer({ env: {} });
  expect(server.shown).toMatch(/^[\w-]{43}$/);
  expect(await (await connectTo(server, '1.x')).listTools()).toContain('scenario_run');
});

test('clients of one workspace see the same runs, and a run outlives the request that began it', async () => {
  const target = await startTarget();
  const server = await startHttpServer();
  const [first, second] = [await connectTo(server, '2.x auto'), await connectTo(server, '2.x legacy')];
  const yaml = `
title: A little latency
items:
- call: { method: GET, url: "${target.url}/" }
  context: { upstreams: [ "${target.url}" ], faults: [ { type: latency, mean: 20 } ], strategy: { mode: load, duration: 2s, clients: 1, rps: 20, baseline: false }, slo: [ { slo_type: error, objective: 99, threshold: 1 } ] }
`;
  const begun = await first.call('scenario_run', { yaml, wait_seconds: 0 });
  const id = /run_[0-9a-f]{16}/.exec(begun.text)?.[0] ?? '';
  expect((await second.call('run_report', { run_id: id })).text).toContain('1 pass');
});

const bearer = { authorization: `Bearer ${TOKEN}` };

test('nobody comes in without the token, by another name, or from a page elsewhere', async () => {
  const { url } = await startHttpServer();
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
  const { url } = await startHttpServer();
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
  const client = await connectTo(await startHttpServer({ flags: ['--read-only'] }), '2.x auto');
  const tools = await client.listTools();
  expect(tools).toContain('proxy_list');
  const changing = TOOLS.filter(({ nature }) => !nature.readOnly).map(({ name }) => name);
  expect(tools.filter((name) => changing.includes(name))).toEqual([]);
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
    text: expect.stringContaining(`Port ${port} is taken by another program`),
  });
  expect((await startAt('nonsense')).text).toContain('expected HOST:PORT');
  expect(busy.text).not.toContain('    at ');
});

test('SIGTERM ends the server, with what it had open', async () => {
  const target = await startTarget();
  const server = await startHttpServer();
  const client = await connectTo(server, '2.x auto');
  const opened = await client.call('proxy_open', { upstream: target.url });
  const ports = [...opened.text.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
  const port = ports.find((one) => one !== target.port);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  server.child.kill('SIGTERM');
  const [code] = await once(server.child, 'exit');
  expect(code).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
