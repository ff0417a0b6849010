import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { applyToCopy } from '../../src/service/apply.ts';
import type { ScratchCopy } from '../../src/service/copy.ts';
import { startService } from '../../src/service/start.ts';
import type { PatchedFile } from '../../src/types-code.ts';
import { copyProject } from './project.ts';

const ORDERS = resolve('examples/orders');
const CLIENT = 'src/payments-client.js';

/** Address of a dependency that takes connections and never answers. */
async function openHungServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts the copy as its breakwater.yaml says, payments hung, and reads an order. */
async function readOrder(copy: ScratchCopy, timeoutMs: number): Promise<Response> {
  const { app } = await loadConfig({ workspace: ORDERS, stateHome: copy.folder });
  const service = await startService(
    app!,
    { folder: copy.folder, dependencies: { payments: await openHungServer() }, readyTimeoutMs: 20_000 },
    { clock: systemClock, signal: new AbortController().signal, baseEnv: { PATH: process.env.PATH ?? '' } },
  );
  onTestFinished(() => service.stop());
  return fetch(`${service.baseUrl}/orders/ord_1001`, { signal: AbortSignal.timeout(timeoutMs) });
}

function makePatch(): PatchedFile {
  const text = readFileSync(join(ORDERS, CLIENT), 'utf8');
  const newText = text.replaceAll('}`);', '}`, { signal: AbortSignal.timeout(500) });');
  return { file: CLIENT, baseSha256: createHash('sha256').update(text).digest('hex'), newText };
}

test('a copy of orders hangs with payments hung; with the patch applied it answers 504', async () => {
  const before = await copyProject(ORDERS);
  await expect(readOrder(before, 800)).rejects.toThrow('timeout');

  const after = await copyProject(ORDERS);
  await applyToCopy(after, [makePatch()]);
  expect((await readOrder(after, 10_000)).status).toBe(504);
  expect(readFileSync(join(ORDERS, CLIENT), 'utf8')).not.toContain('AbortSignal');

  await after.remove();
  expect(existsSync(after.folder)).toBe(false);
});
