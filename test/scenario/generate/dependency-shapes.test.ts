import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { createProxyHost } from '../../../src/proxy/host.ts';
import { generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import { startTarget } from '../../helpers/http-target.ts';
import { makeDeps, makeRequest } from '../target.ts';
import { PLAIN } from './plain-options.ts';

const proxies = createProxyHost();
afterAll(() => proxies.close());

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Reads the dependency once; gives its status, or `null` when no whole answer came within `limitMs`. */
function ask(port: number, limitMs: number): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/price', agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.complete ? (answer.statusCode ?? 0) : null));
      answer.once('error', () => resolve(null));
      answer.once('close', () => resolve(null));
    });
    request.once('error', () => resolve(null));
    const timer = setTimeout(() => request.destroy(), limitMs);
    request.once('close', () => clearTimeout(timer));
  });
}

/** A service whose answer needs its dependency: it tries so often, and waits so long each time. */
function answerBy(port: number, { tries, limitMs }: { readonly tries: number; readonly limitMs: number }) {
  return async (_request: IncomingMessage, response: ServerResponse) => {
    let status: number | null = null;
    for (let left = tries; left > 0 && status === null; left -= 1) status = await ask(port, limitMs);
    response.writeHead(status === null ? 503 : 200).end();
  };
}

async function verdictOf(shape: string, habits: { readonly tries: number; readonly limitMs: number }) {
  const price = await startTarget((_request, response) =>
    response.end(JSON.stringify({ price: 'x'.repeat(200) })),
  );
  const listenPort = await findFreePort();
  const shop = await startTarget(answerBy(listenPort, habits));
  const spec = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: shop.url }],
    paths: { '/': { get: { responses: { 200: { description: 'ok' } } } } },
  };
  const { scenarios } = generateScenarios(await readOpenApi(JSON.stringify(spec), 'spec.json'), {
    ...PLAIN,
    shapes: [shape],
    seed: 1,
    dependencies: {
      price: { listenPort, upstream: { protocol: 'http', host: '127.0.0.1', port: price.port } },
    },
  });
  const { results } = await runScenarios(makeRequest(scenarios), makeDeps({ proxies }));
  const [result] = results;
  return { value: result?.verdict.value, hits: result?.fidelity[0]?.actedOn };
}

test.each([
  ['retry_check', { tries: 2, limitMs: 2_000 }, 'pass'],
  ['retry_check', { tries: 1, limitMs: 2_000 }, 'fail'],
  ['reset_mid_answer', { tries: 2, limitMs: 2_000 }, 'pass'],
  ['slow_body', { tries: 1, limitMs: 1_000 }, 'pass'],
  ['slow_body', { tries: 1, limitMs: 6_000 }, 'fail'],
])('%s of a service with %j: %s', async (shape, habits, value) => {
  const verdict = await verdictOf(shape, habits);
  expect(verdict.value).toBe(value);
  expect(verdict.hits).toBeGreaterThanOrEqual(1);
});
