import { lookup } from 'node:dns/promises';
import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { fetchWithin } from '../../src/guarded-fetch.ts';
import { FaultProxy } from '../../src/proxy/fault-proxy.ts';
import type { ForwardSpec } from '../../src/proxy/forward.ts';
import { emptyProgram } from '../../src/proxy/host.ts';
import { createTimeline } from '../../src/proxy/timeline.ts';
import { embedTexts } from '../../src/rag/meaning/embedder.ts';
import { askQdrant } from '../../src/rag/meaning/qdrant-api.ts';
import { createRandom } from '../../src/random.ts';
import { writeSections } from '../../src/review/llm.ts';
import { openPool, send } from '../../src/scenario/run/http-client.ts';
import { knock } from '../../src/scenario/run/knock.ts';
import { runSetup } from '../../src/scenario/run/setup.ts';
import { followSignal } from '../../src/scenario/run/stop.ts';
import { lookOnce } from '../../src/service/ready.ts';
import { fetchText } from '../../src/tools/session/fetch-text.ts';
import type { ProxySpec } from '../../src/types-proxy.ts';
import { startTarget } from '../helpers/http-target.ts';
import { makeItem } from '../scenario/fixtures.ts';

// The system's resolver is the one thing that is not real here: it can change its mind between two questions.
vi.mock(import('node:dns/promises'), async (original) => ({ ...(await original()), lookup: vi.fn() }));

const { signal } = new AbortController();
// Every request of every test listens to it.
setMaxListeners(0, signal);
const ELSEWHERE = '192.0.2.1';
const METADATA = '169.254.169.254';
let leadsTo = '127.0.0.1';

beforeEach(() => {
  leadsTo = '127.0.0.1';
  vi.mocked(lookup).mockImplementation((async () => [
    { address: leadsTo, family: 4 },
  ]) as unknown as typeof lookup);
});

/** A service that counts what reaches it. */
async function startService() {
  let requests = 0;
  const { port } = await startTarget((_request, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/json').end('{"data":[{"embedding":[1]}],"result":{}}');
  });
  return { port, count: () => requests };
}

async function openProxy(spec: Partial<ProxySpec> | Partial<ForwardSpec>): Promise<number> {
  const upstream = { protocol: 'http', host: '127.0.0.1', port: 9 } as const;
  const proxy = new FaultProxy(
    { name: 'p', listenPort: 0, upstream, ...spec },
    emptyProgram(),
    createTimeline(systemClock),
  );
  onTestFinished(async () => void (await proxy.close()));
  return proxy.open(0);
}

/** Sends text to a port of this machine and gives the first line that comes back. */
function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text));
    onTestFinished(() => void socket.destroy());
    socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''));
    socket.once('close', () => resolve('closed'));
    socket.once('error', () => resolve('closed'));
  });
}

const call = (url: string, more: object = {}) => ({
  method: 'GET' as const,
  url,
  via: null,
  headers: {},
  body: null,
  dueAtMs: systemClock.now(),
  timeoutMs: 20_000,
  ...more,
});

const requestDeps = { clock: systemClock, random: createRandom(1), signal };

/** Every place that opens a socket to outside: what it says when it got through, and when it may not. */
const DOORS: readonly {
  readonly door: string;
  readonly through: unknown;
  readonly refused: unknown;
  knockAt(host: string, port: number, allowHosts: readonly string[]): Promise<unknown>;
}[] = [
  {
    door: 'the load generator, a connection for each request',
    through: 'answered',
    refused: 'aborted',
    knockAt: async (host, port, allowHosts) => {
      const deps = { stop: followSignal(signal), keepBytes: 0, pool: null };
      return (await send(call(`http://${host}:${port}/`, { allowHosts }), deps)).outcome;
    },
  },
  {
    door: 'the load generator with connections kept open',
    through: 'answered',
    refused: 'aborted',
    knockAt: async (host, port, allowHosts) => {
      const pool = openPool();
      onTestFinished(() => pool.close());
      const deps = { stop: followSignal(signal), keepBytes: 0, pool };
      return (await send(call(`http://${host}:${port}/`, { allowHosts }), deps)).outcome;
    },
  },
  {
    door: 'calls of setup and teardown',
    through: null,
    refused: expect.stringContaining('had no answer'),
    knockAt: async (host, port, allowHosts) => {
      const setup = { ...call(`http://${host}:${port}/`), operationId: null, capture: {} };
      const deps = { seed: 1, key: 'k', signal, allowHosts };
      return (await runSetup([setup], {}, deps)).obstacle?.message ?? null;
    },
  },
  {
    door: 'an edge proxy',
    through: 'HTTP/1.1 200 OK',
    refused: 'HTTP/1.1 403 Forbidden',
    knockAt: async (host, port, allowHosts) => {
      const upstream = { protocol: 'http', host, port } as const;
      const at = await openProxy({ upstream, allowHosts });
      return ask(at, `GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
    },
  },
  {
    door: 'a forward proxy, absolute form',
    through: 'HTTP/1.1 200 OK',
    refused: 'HTTP/1.1 403 Forbidden',
    knockAt: async (host, port, allowHosts) => {
      const at = await openProxy({ origins: ['*'], allowHosts });
      return ask(at, `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    },
  },
  {
    door: 'a forward proxy, CONNECT',
    through: 'HTTP/1.1 200 Connection Established',
    refused: 'HTTP/1.1 403 Forbidden',
    knockAt: async (host, port, allowHosts) => {
      const at = await openProxy({ origins: ['*'], allowHosts });
      return ask(at, `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    },
  },
  {
    door: 'a document or a $ref by URL',
    through: expect.stringContaining('data'),
    refused: 'TARGET_UNREACHABLE',
    knockAt: (host, port, allowHosts) =>
      fetchText(`http://${host}:${port}/`, 1_000, allowHosts, signal).catch((error) => error.code),
  },
  {
    door: 'fetch',
    through: 200,
    refused: 'ERR_TARGET_NOT_ALLOWED',
    knockAt: (host, port, allowHosts) =>
      fetchWithin(allowHosts)(`http://${host}:${port}/`).then(
        ({ status }) => status,
        (error) => error.cause?.code,
      ),
  },
  {
    door: 'embeddings',
    through: 1,
    refused: 'TARGET_NOT_ALLOWED',
    knockAt: (host, port, allowHosts) =>
      embedTexts(
        ['text'],
        { baseUrl: `http://${host}:${port}/v1`, model: 'm', key: null, allowHosts },
        requestDeps,
      ).then(
        (vectors) => vectors.length,
        (error) => error.code,
      ),
  },
  {
    door: 'Qdrant',
    through: {},
    refused: 'TARGET_NOT_ALLOWED',
    knockAt: (host, port, allowHosts) => {
      const endpoint = { url: `http://${host}:${port}`, key: null, allowHosts };
      return askQdrant('GET', '/collections', null, endpoint, requestDeps, 1).catch((error) => error.code);
    },
  },
];

test('a service is looked for on this machine only, until it is ready', async () => {
  const service = await startService();
  const look = (host: string) =>
    lookOnce({ kind: 'url', url: `http://${host}:${service.port}/` }, 20_000, signal);
  expect(await look('shop.test')).toMatchObject({ ready: true });
  leadsTo = ELSEWHERE;
  expect(await look('shop.test')).toMatchObject({ ready: false, seen: 'failed (ERR_TARGET_NOT_ALLOWED)' });
  expect((await look(METADATA)).seen).toContain('is no place to look');
});

test('a port is knocked at where the name led when it was looked at', async () => {
  const { url, server } = await startTarget();
  const { port } = new URL(url);
  await new Promise((resolve) => server.close(resolve));
  const item = makeItem({ url: `http://shop.test:${port}/`, method: 'POST' });
  expect((await knock(item))?.message).toContain('connection refused');
  leadsTo = METADATA;
  expect(await knock(item, ['shop.test'])).toBeNull();
});

test('a model that a name has come to lead away from is not asked', async () => {
  leadsTo = METADATA;
  const endpoint = { baseUrl: 'http://shop.test/v1', model: 'm', apiKey: null, timeoutMs: 20_000 };
  const asked = writeSections(
    'b',
    { ids: new Set(), lines: [] },
    { ...endpoint, allowHosts: ['shop.test'] },
    signal,
  );
  await expect(asked).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test.each(DOORS)('$door: a name that leads to this machine is let through', async ({ knockAt, through }) => {
  const service = await startService();
  expect(await knockAt('shop.test', service.port, [])).toEqual(through);
  expect(service.count()).toBe(through === 'HTTP/1.1 200 Connection Established' ? 0 : 1);
});

test.each(DOORS)('$door: a name that leads elsewhere is not', async ({ knockAt, refused }) => {
  leadsTo = ELSEWHERE;
  expect(await knockAt('shop.test', 80, [])).toEqual(refused);
});

test.each(DOORS)('$door: an address elsewhere is not', async ({ knockAt, refused }) => {
  expect(await knockAt(ELSEWHERE, 80, [])).toEqual(refused);
});

test.each(DOORS)('$door: a metadata service is not, though listed', async ({ knockAt, refused }) => {
  leadsTo = METADATA;
  expect(await knockAt('shop.test', 80, ['shop.test'])).toEqual(refused);
  expect(await knockAt(METADATA, 80, [METADATA])).toEqual(refused);
});
