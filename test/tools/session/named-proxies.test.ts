import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createProxyHost, emptyProgram } from '../../../src/proxy/host.ts';
import { parseMapping } from '../../../src/proxy/mapping.ts';
import { createNamedProxies } from '../../../src/tools/session/named-proxies.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

async function openPair(lifetimeMs: number | null = null) {
  const host = createProxyHost();
  onTestFinished(() => host.close());
  const proxies = createNamedProxies(async () => host, systemClock);
  const request = (name: string, port: number) => ({
    ...{ name, mapping: parseMapping(`tcp://127.0.0.1:${port}`), faults: [], seed: 1 },
    ...{ lifetimeMs, clientTls: null },
  });
  const requests = { db: request('db', 9), api: request('api', 10) };
  await proxies.open(requests.db);
  await proxies.open(requests.api);
  const borrow = (runId: string) => {
    const { byUpstream, release } = proxies.lend(runId);
    const [db, api] = [byUpstream.get('localhost:9'), byUpstream.get('localhost:10')];
    if (db === undefined || api === undefined) throw new Error([...byUpstream.keys()].join());
    return { db, api, release };
  };
  return { proxies, requests, borrow, names: () => proxies.list().map(({ name }) => name) };
}

test('a proxy that a run has set faults on stays open and keeps them until the run has ended', async () => {
  const { proxies, requests, borrow, names } = await openPair();
  const { db, release } = borrow('run_1');
  await db.setProgram(emptyProgram());
  expect(proxies.userOf('db')).toBe('run_1');
  const inUse = {
    code: 'BAD_INPUT',
    message: expect.stringContaining('"db" is in use by run_1'),
    hint: expect.stringContaining('run_cancel {"run_id": "run_1"}'),
  };
  await expect(proxies.close('db')).rejects.toMatchObject(inUse);
  await expect(proxies.open(requests.db)).rejects.toMatchObject(inUse);
  await expect(borrow('run_2').db.setProgram(emptyProgram())).rejects.toMatchObject(inUse);
  await db.setProgram(emptyProgram());
  release();
  await proxies.open(requests.db);
  await proxies.close('db');
  expect(names()).toEqual(['api']);
});

test('faults are replaced at the same upstream, protocol and port, and nowhere else', async () => {
  const { proxies, requests } = await openPair();
  const port = proxies.list().find(({ name }) => name === 'db')?.proxy.port ?? 0;
  const open = (mapping: string) => proxies.open({ ...requests.db, mapping: parseMapping(mapping) });
  expect((await open(`${port}=tcp://localhost:9`)).proxy.port).toBe(port);
  const refused = (how: string) => ({
    code: 'BAD_INPUT',
    message: `A proxy named "db" is open already, ${how}.`,
  });
  const another = refused('to another upstream (tcp://127.0.0.1:9)');
  await expect(open('tcp://127.0.0.1:10')).rejects.toMatchObject(another);
  await expect(open('http://127.0.0.1:9')).rejects.toMatchObject(another);
  const elsewhere = port === 20_000 ? 20_001 : 20_000;
  await expect(open(`${elsewhere}=tcp://127.0.0.1:9`)).rejects.toMatchObject(
    refused(`on port ${port} and not on ${elsewhere}`),
  );
});

test('one that it only listens at may be closed, and gives nothing more; its faults then come too late', async () => {
  const { proxies, borrow, names } = await openPair();
  const { api } = borrow('run_1');
  expect(await api.takeExchanges()).toEqual({ exchanges: [], dropped: 0 });
  await proxies.close('api');
  expect(names()).toEqual(['db']);
  expect(await api.takeExchanges()).toEqual({ exchanges: [], dropped: 0 });
  await expect(api.setProgram(emptyProgram())).rejects.toMatchObject({
    message: 'The proxy "api" was closed (proxy_close) before its turn came.',
  });
});

test('the end of a life waits for the run that uses the proxy', async () => {
  const { borrow, names } = await openPair(5_000);
  const { db, release } = borrow('run_1');
  await db.setProgram(emptyProgram());
  await vi.advanceTimersByTimeAsync(5_000);
  expect(names()).toEqual(['db']);
  release();
  expect(names()).toEqual([]);
});

test('the end of the session waits for nobody', async () => {
  const { proxies, borrow, names } = await openPair();
  await borrow('run_1').db.setProgram(emptyProgram());
  await proxies.closeAll();
  expect(names()).toEqual([]);
});
