import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { CA, CERT, KEY } from '../proxy/support/certificates.ts';

const run = promisify(execFile);
const FETCH = `fetch(process.argv[1]).then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`;

/** Fetches in a Node process of its own, since what it trusts is read from the environment at its start. */
async function fetchFrom(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await run(process.execPath, ['-e', FETCH, url], { env });
  return stdout.trim();
}

test('an application speaks TLS to a proxy once it trusts the CA file that the answer names', async () => {
  const { port } = await startTarget();
  const workspace = await makeTempFolder();
  const { call } = await startHost({ workspace });
  const args = { upstream: `http://127.0.0.1:${port}`, name: 'api', tls: true };
  const { text } = await call('proxy_open', args);
  const url = /Point the application at (https:\/\/localhost:\d+)/.exec(text)?.[1] ?? '';
  const caFile = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(text)?.[1] ?? '';
  expect(caFile.startsWith(`${workspace}/.home/`)).toBe(true);
  expect(await fetchFrom(url, { NODE_EXTRA_CA_CERTS: caFile })).toBe('200');
  expect(await fetchFrom(url, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await call('proxy_open', { ...args, faults: [{ type: 'httperror', status_code: 503 }] });
  expect(await fetchFrom(url, { NODE_EXTRA_CA_CERTS: caFile })).toBe('503');
});

test('a proxy keeps its tls as long as it is open', async () => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const upstream = `http://127.0.0.1:${port}`;
  await call('proxy_open', { upstream, name: 'api' });
  const { text, isError } = await call('proxy_open', { upstream, name: 'api', tls: true });
  expect(isError).toBe(true);
  expect(text).toContain('The proxy "api" is open without tls');
});

test('tls is refused where clients ask for it in the way of their protocol', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('proxy_open', { upstream: 'psql://127.0.0.1:5432', tls: true });
  expect(isError).toBe(true);
  expect(text).toContain('tls: a client of psql asks for TLS in its own way first');
  expect((await call('proxy_list')).text).toContain('No proxy is open');
});

test('proxy_list says why an upstream could not be reached', async () => {
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text } = await call('proxy_open', { upstream: 'http://127.0.0.1:1', name: 'gone' });
  const url = /(http:\/\/127\.0\.0\.1:\d+), usually/.exec(text)?.[1] ?? '';
  expect((await fetch(url)).status).toBe(502);
  expect((await call('proxy_list')).text).toContain(
    'gone: upstream not reached once: the upstream refused the connection.',
  );
});

test('a proxy that a run works with is closed by nobody else while it goes on, and by anybody afterwards', async () => {
  const { url: dependency, port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const opened = await call('proxy_open', { upstream: `http://127.0.0.1:${port}`, name: 'dep' });
  const through = /(http:\/\/127\.0\.0\.1:\d+), usually/.exec(opened.text)?.[1] ?? '';
  const served = new EventEmitter();
  let count = 0;
  const { url } = await startTarget((_request, response) => {
    count += 1;
    served.emit(String(count));
    fetch(through).then(
      () => response.end('well'),
      () => response.destroy(),
    );
  });
  // Calls before the load are fewer.
  const loaded = once(served, '5');
  const yaml = `
title: A slow dependency
items:
- call: { method: GET, url: ${url}/ }
  context:
    upstreams: [ ${dependency} ]
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
`;
  const { text: started } = await call('scenario_run', { yaml, wait_seconds: 0 });
  const id = /run_[0-9a-f]{16}/.exec(started)?.[0] ?? '';
  await loaded;
  const refused = await call('proxy_close', { name: 'dep' });
  expect(refused.isError).toBe(true);
  expect(refused.text).toContain(`The proxy "dep" is in use by ${id}: it cannot be closed now.`);
  expect((await call('proxy_close', { name: 'all' })).text).toContain(`dep: left open, ${id} uses it.`);
  expect((await call('run_cancel', { run_id: id })).text).toContain('cancelled');
  expect((await call('proxy_close', { name: 'dep' })).text).toContain('dep: closed after');
});

const NONE = '– / – / –';

/** Cells of the first row. */
function cellsOf(text: string): string[] {
  const row = text.split('\n')[2] ?? '';
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('proxy_list tells what passed, what faults added, and no percentile that so few answers do not support', async () => {
  const { port } = await startTarget((_request, response) => {
    setTimeout(() => response.end('0123456789'), 20);
  });
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const upstream = `http://127.0.0.1:${port}`;
  const opened = await call('proxy_open', { upstream, name: 'api' });
  const url = /(http:\/\/127\.0\.0\.1:\d+), usually/.exec(opened.text)?.[1] ?? '';
  expect((await call('proxy_list')).text).toContain('Nothing has passed api yet');
  for (let count = 0; count < 19; count += 1) await (await fetch(url)).text();
  const few = (await call('proxy_list')).text;
  expect(cellsOf(few).slice(5)).toEqual([
    '19',
    '0',
    expect.stringMatching(/B, .*B/),
    expect.anything(),
    NONE,
  ]);
  expect(cellsOf(few)[8]).toMatch(/^\d+\.\d ms \/ – \/ –$/);
  expect(Number.parseFloat(cellsOf(few)[8] ?? '')).toBeGreaterThanOrEqual(19);
  expect(few).toMatch(
    /Next: proxy_open \{"upstream":"\d+=http:.*"name":"api".* or proxy_close \{"name":"all"\}$/,
  );
  await call('proxy_open', { upstream, name: 'api', faults: [{ type: 'latency', mean: 50 }], seed: 3 });
  for (let count = 0; count < 20; count += 1) await (await fetch(url)).text();
  const { text } = await call('proxy_list');
  const [exchanges, hits, , answered = '', added = ''] = cellsOf(text).slice(5);
  expect([exchanges, hits]).toEqual(['39', '20']);
  expect(answered).toMatch(/^\d+\.\d ms \/ \d+\.\d ms \/ –$/);
  expect(added).toMatch(/^\d+\.\d ms \/ \d+\.\d ms \/ –$/);
  // 20 ms of the upstream, whose timer may be a millisecond early, and 50 ms of the fault, which is never early.
  expect(Number.parseFloat(answered)).toBeGreaterThanOrEqual(68);
  expect(Number.parseFloat(added)).toBeGreaterThanOrEqual(50);
});

test('proxy_close tells what passed and gives the call that opens the proxy again as it was', async () => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const faults = [{ type: 'latency', mean: 50 }];
  const upstream = `http://127.0.0.1:${port}`;
  const opened = await call('proxy_open', { upstream, name: 'api', faults, seed: 3 });
  const url = /(http:\/\/127\.0\.0\.1:\d+), usually/.exec(opened.text)?.[1] ?? '';
  await (await fetch(url)).text();
  const { text } = await call('proxy_close', { name: 'api' });
  expect(text).toMatch(
    /^api: closed after 1 connections, 1 exchanges, 1 hits, \d+ B up, \d+ B down, answered in [\d.]+ ms \/ – \/ –, of which faults added \d+\.\d ms \/ – \/ –\./,
  );
  const next = JSON.parse(/Next: proxy_open (.*)$/.exec(text)?.[1] ?? '{}');
  expect(next).toEqual({ upstream: `${new URL(url).port}=${upstream}`, name: 'api', faults, seed: 3 });
  const again = await call('proxy_open', next);
  expect(again.text).toContain(`Point the application at ${url},`);
  expect((await call('proxy_close', { name: 'nothing' })).isError).toBe(true);
});

test('a fault may be given as text, as on the command line', async () => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text } = await call('proxy_open', {
    upstream: `http://127.0.0.1:${port}`,
    faults: ['latency:80ms,probability=20%', { type: 'refuse' }],
  });
  expect(text).toContain('Faults: delay 80 ms (response flow), on 20.0 % of exchanges; connections refused.');
});

test.each([
  [{ faults: [{ type: 'refuse' }, { type: 'bandwidth', rate: -1 }] }, /faults\.1\.rate: /],
  [{ faults: [{ type: 'latency', mean: 5, probability: 2 }] }, /faults\.0\.probability: /],
  [{ faults: [{ type: 'latency', period: 'start:10%,duration:x' }] }, /faults\.0\.period: .*"x"/],
  [{ upstream: '99999=foo' }, /Mapping "99999=foo": expected a port from 0 to 65535, got "99999"/],
])('%j is refused with its place, and nothing is open afterwards', async (args, message) => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('proxy_open', { upstream: `http://127.0.0.1:${port}`, ...args });
  expect(isError).toBe(true);
  expect(text).toMatch(message);
  expect((await call('proxy_list')).text).toContain('No proxy is open');
});

describe('TLS to an upstream, as breakwater.yaml says', () => {
  /** An HTTPS server that answers 200 to the client certificate of its CA, else 403. */
  async function serveMutualTls(): Promise<number> {
    const server = createServer({
      cert: CERT,
      key: KEY,
      ca: CA,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.on('request', ({ socket }, response) => {
      response.writeHead(socket instanceof TLSSocket && socket.authorized ? 200 : 403).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  async function openWith(tls: string | null) {
    const workspace = await makeTempFolder();
    for (const [name, text] of Object.entries({
      'ca.pem': CA,
      'cert.pem': CERT,
      'key.pem': KEY,
      'not.pem': 'x',
    })) {
      await writeFile(join(workspace, name), text);
    }
    if (tls !== null) await writeFile(join(workspace, 'breakwater.yaml'), `targets: { tls: ${tls} }\n`);
    const { call } = await startHost({ workspace });
    const port = await serveMutualTls();
    const url = `https://localhost:${port}`;
    return { call, url, opened: await call('proxy_open', { upstream: url, name: 'shop' }) };
  }

  const statusOf = async ({ text }: { readonly text: string }) =>
    (await fetch(/http:\/\/127\.0\.0\.1:\d+(?=, usually)/.exec(text)?.[0] ?? '')).status;

  test.each([
    ['{ ca: ca.pem, cert: cert.pem, key: key.pem }', 200],
    ['{ ca: ca.pem }', 403],
    [null, 502],
  ])('%s leads to %s', async (tls, status) => {
    const { opened } = await openWith(tls);
    expect(await statusOf(opened)).toBe(status);
  });

  test('runs reach it in the same way', async () => {
    const { call, url } = await openWith('{ ca: ca.pem, cert: cert.pem, key: key.pem }');
    const faults = [{ type: 'latency', mean: 20 }];
    const { text } = await call('fault_probe', { url: `${url}/`, faults, duration: '1s' });
    expect(text).toMatch(/outcomes +\| +10 × 200 +\| +10 × 200/);
    const setup = `config: { setup: [ { method: GET, url: "${url}/", capture: {} } ] }`;
    const item = `{ call: { method: GET, url: "${url}/" }, expect: { status: 200 } }`;
    const run = await call('scenario_run', { yaml: `title: T\n${setup}\nitems: [ ${item} ]\n` });
    expect(run.text).toMatch(/1 pass/);
  });

  test.each([
    ['{ ca: none.pem }', 'targets.tls: ca: none.pem cannot be read: There is no file'],
    ['{ ca: not.pem }', 'targets.tls: ca: not.pem is no PEM file'],
    [
      '{ cert: ca.pem, key: key.pem }',
      'targets.tls: they are no certificates and key in PEM that belong together',
    ],
    ['{ cert: cert.pem }', 'cert and key go together'],
    ['{ ca: ../../ca.pem }', '"../../ca.pem" does not lie below the workspace'],
  ])('%s is refused, and nothing is open', async (tls, message) => {
    const { opened } = await openWith(tls);
    expect(opened.isError).toBe(true);
    expect(opened.text).toContain(message);
  });
});
