import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { watchDurability } from '../../../../src/scenario/drill/watch/durability.ts';
import { serveHttp } from '../../../proxy/support/servers.ts';

const clock = systemClock;
const CALL = { headers: {}, body: null, timeoutMs: 20_000, operationId: null } as const;

/** A service that acknowledges a write before it stores it. */
async function openService() {
  const stored = new Set<string>();
  const state = {
    buffer: [] as { readonly id: string; readonly atMs: number }[],
    written: 0,
    writeStatus: 201,
    readStatus: null as number | null,
    bodies: [] as string[],
    onMissing: (): void => undefined,
  };
  const port = await serveHttp((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        state.bodies.push(body);
        state.written += 1;
        if (state.writeStatus === 201) state.buffer.push({ id: String(state.written), atMs: clock.now() });
        response.writeHead(state.writeStatus).end(JSON.stringify({ id: state.written }));
      });
      return;
    }
    const id = request.url?.slice('/stories/'.length) ?? '';
    response.writeHead(state.readStatus ?? (stored.has(id) ? 200 : 404)).end('{}');
    if (!stored.has(id)) state.onMissing();
  });
  const url = `http://127.0.0.1:${port}/stories`;
  const check = {
    type: 'user_data',
    write: { ...CALL, method: 'POST', url, body: '{"title":"{{uuid}}"}', capture: { id: '/id' } },
    read: { ...CALL, method: 'GET', url: `${url}/{id}` },
  } as const;
  const flush = () => {
    for (const { id } of state.buffer) stored.add(id);
    state.buffer = [];
  };
  const untilWritten = (count: number) =>
    vi.waitFor(() => expect(state.written).toBeGreaterThanOrEqual(count), 30_000);
  return { check, state, flush, untilWritten };
}

function depsFor(more: object = {}) {
  return {
    clock,
    epochMs: clock.now(),
    signal: new AbortController().signal,
    seed: 1,
    everyMs: 10,
    retryMs: 20,
    ...more,
  };
}

test('a service that acknowledges before it stores and then crashes: exactly what it dropped is found lost', async () => {
  const { check, state, flush, untilWritten } = await openService();
  const deps = depsFor();
  const watch = watchDurability([check], deps);
  await untilWritten(10);
  flush();
  await untilWritten(30);
  const dropped = state.buffer;
  state.buffer = [];
  const failureAtMs = clock.now() - deps.epochMs;
  await untilWritten(40);
  // From now on it stores what it is asked for too late.
  state.onMissing = flush;
  const [record] = await watch.finish(failureAtMs);
  expect(record).toMatchObject({ type: 'user_data', refused: 0, unknown: 0, lost: dropped.length });
  expect(record?.acknowledged).toBe(state.written);
  expect(dropped.length).toBeGreaterThan(0);
  const oldestMs = (dropped[0]?.atMs ?? 0) - deps.epochMs;
  // An acknowledgement may arrive just after the crash, and the oldest arrived after it was taken up.
  expect(record?.rpoMs).toBeGreaterThan(0);
  expect(record?.rpoMs).toBeLessThanOrEqual(failureAtMs - oldestMs + 1_000);
}, 60_000);

test('what is stored late is asked for again, and is not lost', async () => {
  const { check, state, flush, untilWritten } = await openService();
  const watch = watchDurability([check], depsFor());
  await untilWritten(5);
  state.onMissing = flush;
  expect(await watch.finish(0)).toMatchObject([{ lost: 0, unknown: 0, rpoMs: 0 }]);
}, 60_000);

test('refused writes promise nothing: they are counted and not asked for', async () => {
  const { check, state, untilWritten } = await openService();
  state.writeStatus = 503;
  const watch = watchDurability([check], depsFor());
  await untilWritten(5);
  const [record] = await watch.finish(null);
  expect(record).toMatchObject({ acknowledged: 0, lost: 0, unknown: 0, rpoMs: null });
  expect(record?.refused).toBe(state.written);
}, 60_000);

test('a read that answers 500 again and again tells nothing', async () => {
  const { check, state, untilWritten } = await openService();
  state.readStatus = 500;
  const watch = watchDurability([check], depsFor());
  await untilWritten(3);
  const [record] = await watch.finish(0);
  expect(record).toMatchObject({ lost: 0, rpoMs: null });
  expect(record?.unknown).toBe(record?.acknowledged);
}, 60_000);

test('reading back ends after its limit, though the service hangs', async () => {
  const { check, untilWritten } = await openService();
  const hanging = await serveHttp(() => undefined);
  const read = { ...check.read, url: `http://127.0.0.1:${hanging}/{id}` };
  const watch = watchDurability([{ ...check, read }], depsFor({ readLimitMs: 300 }));
  await untilWritten(3);
  const beganAtMs = clock.now();
  const [record] = await watch.finish(0);
  expect(record?.unknown).toBe(record?.acknowledged);
  expect(record?.rpoMs).toBeNull();
  expect(clock.now() - beganAtMs).toBeLessThan(15_000);
}, 60_000);

test('an answer that lacks what the read needs cannot be read back: nothing can be told of it', async () => {
  const { check, untilWritten } = await openService();
  const write = { ...check.write, capture: { id: '/story/id' } };
  const watch = watchDurability([{ ...check, write }], depsFor());
  await untilWritten(3);
  const [record] = await watch.finish(0);
  expect(record?.acknowledged).toBeGreaterThanOrEqual(1);
  expect(record?.unknown).toBe(record?.acknowledged);
}, 60_000);

test('no value is written twice, not in another drill with the same seed either', async () => {
  const { check, state, untilWritten } = await openService();
  for (const count of [5, 10]) {
    const watch = watchDurability([check], depsFor());
    await untilWritten(count);
    await watch.finish(null);
  }
  expect(new Set(state.bodies).size).toBe(state.bodies.length);
  expect(state.bodies[0]).toMatch(/^\{"title":"[0-9a-f-]{36}"\}$/);
}, 60_000);

test('a cancelled drill asks for nothing and ends at once', async () => {
  const { check, untilWritten } = await openService();
  const cancel = new AbortController();
  const watch = watchDurability([check], depsFor({ signal: cancel.signal }));
  await untilWritten(3);
  cancel.abort();
  const [record] = await watch.finish(0);
  expect(record?.unknown).toBe(record?.acknowledged);
}, 60_000);
