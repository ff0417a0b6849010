import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { CodeReader } from '../../src/rag/code-reader.ts';
import { CodeThread } from '../../src/rag/code-thread.ts';
import { buildContext } from '../../src/rag/context.ts';
import { openCode } from '../../src/rag/open-code.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

let thread = new CodeThread();
afterEach(async () => {
  await thread.stop();
  thread = new CodeThread();
});

async function makeTree(name: string, copies = 1): Promise<{ root: string; state: string }> {
  const root = await makeTempFolder();
  for (let copy = 0; copy < copies; copy++)
    await cp(name, copies === 1 ? root : join(root, `s${copy}`), { recursive: true });
  return { root, state: join(root, '.breakwater', 'index') };
}

function open(
  tree: { root: string; state: string },
  signal = new AbortController().signal,
): Promise<CodeReader> {
  return openCode(tree.root, tree.state, thread, signal, () => undefined);
}

test('the other thread gives the answers that the index gives in this one', async () => {
  const tree = await makeTree(fixture('express'));
  const index = await open(tree);
  const here = await indexFolder(tree.root, `${tree.state}-here`);
  const query = { method: 'POST', path: '/api/orders', operationId: null } as const;
  const [match] = await index.findHandlers(query);
  const handler = match!.route.handler;
  expect(index.routes).toEqual(here.routes);
  expect(match).toEqual(here.findHandlers(query)[0]);
  expect(await index.search('orders', { limit: 4 })).toEqual(here.search('orders', { limit: 4 }));
  expect(await index.findCallees(handler, 2)).toEqual(here.findCallees(handler, 2));
  expect(await index.enclosingSymbol(handler)).toEqual(here.enclosingSymbol(handler));
  expect(await index.findUses('src/health.js')).toEqual(here.findUses('src/health.js'));
  expect(await index.listClients(null)).toEqual(here.listClients(null));
  expect(await index.findReachingRoutes(handler, 3)).toEqual(here.findReachingRoutes(handler, 3));
  expect(await index.listSymbols({ name: 'charge' })).toEqual(here.listSymbols({ name: 'charge' }));
  expect(index.findPackageVersion('javascript', 'axios', 'src/app.js')).toBe('1.7.7');
  const options = { depth: 2, budgetTokens: 2_000 };
  expect(await buildContext(index, handler, options)).toEqual(await buildContext(here, handler, options));
  here.close();
});

test('indexing leaves the thread of the caller free', async () => {
  const tree = await makeTree(fileURLToPath(new URL('../../src/rag', import.meta.url)), 2);
  const busyShare = async (work: () => Promise<{ close(): void }>) => {
    const before = performance.eventLoopUtilization();
    const index = await work();
    const { utilization } = performance.eventLoopUtilization(before);
    index.close();
    return utilization;
  };
  // The first opening loads code; what it costs is not what is asked here.
  (await open(await makeTree(fixture('koa')))).close();
  const elsewhere = await busyShare(() => open(tree));
  const here = await busyShare(() => indexFolder(tree.root, `${tree.state}-here`));
  expect(elsewhere).toBeLessThan(here / 2);
}, 240_000);

test('an opening that is aborted is given up, and the next one works', async () => {
  const tree = await makeTree(fixture('express'));
  const abort = new AbortController();
  const opening = open(tree, abort.signal);
  abort.abort();
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect((await open(tree)).files.length).toBeGreaterThan(0);
});

test('a thread that ends fails what it was asked, is started anew, and leaves nothing on disk', async () => {
  const tree = await makeTree(fixture('express'));
  const index = await open(tree);
  const asked = Promise.resolve(index.findHandlers({ method: null, path: null, operationId: 'x' }));
  const failed = expect(asked).rejects.toMatchObject({ code: 'INTERNAL', retryable: true });
  await thread.stop();
  await failed;
  expect(await readdir(join(tree.state, 'private'))).toEqual([]);
  expect((await open(tree)).routes).toEqual(index.routes);
});

test('errors keep their code on the way', async () => {
  const tree = await makeTree(fixture('express'));
  const index = await open(tree);
  await expect(index.readText(`../${randomUUID()}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  index.close();
  const late = Promise.resolve(index.search('orders', { limit: 1 }));
  await expect(late).rejects.toMatchObject({ code: 'INTERNAL', retryable: true });
});

test('a process that exits with open indexes leaves nothing on disk', async () => {
  const tree = await makeTree(fixture('express'));
  const child = fileURLToPath(new URL('./helpers/exit-child.ts', import.meta.url));
  const started = spawn(process.execPath, ['--import', 'tsx/esm', child, tree.root, tree.state]);
  const [code] = await once(started, 'exit');
  expect(code).toBe(7);
  expect(await readdir(join(tree.state, 'private'))).toEqual([]);
});
