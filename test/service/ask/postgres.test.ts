import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectPostgres } from '../../../src/service/ask/postgres.ts';
import { listenToPostgres } from '../../../src/service/ask/postgres-voice.ts';
import { watchVoices } from '../../../src/service/ask/voices.ts';
import { startPostgres } from '../../helpers/postgres.ts';
import { demandPostgres } from '../../helpers/tools-here.ts';
import { openProxy, serveTcp } from '../../proxy/support/servers.ts';

const bin = demandPostgres('asking PostgreSQL about itself');
const LIMIT_MS = 20_000;
const OPTIONS = { limitMs: LIMIT_MS, allowHosts: [] };

async function start(password: string | null = null) {
  const { port, server } = await startPostgres(bin ?? '', { password });
  return { url: `postgres://postgres:${password ?? ''}@127.0.0.1:${port}/postgres`, server };
}

/** A session of the service. */
async function connectOther(url: string) {
  const client = new pg.Client({ connectionString: url, application_name: 'shop' });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

const deps = () => ({ clock: systemClock, epochMs: systemClock.now(), signal: new AbortController().signal });

test.skipIf(bin === null)(
  'a session asks with values, names what the server refuses, and ends while a query runs',
  async () => {
    const { url } = await start();
    const session = await connectPostgres(url, OPTIONS);
    expect(await session.query('SELECT $1::int + 1 AS sum', [41])).toEqual([{ sum: 42 }]);
    await expect(session.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const asleep = session.query('SELECT pg_sleep(600)');
    const refused = expect(asleep).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
    await session.end();
    await refused;
    expect(session.hasEnded).toBe(true);
    await session.end();
  },
  120_000,
);

test.skipIf(bin === null)(
  'a wrong password is told without showing it, and makes a dependency one that was never asked',
  async () => {
    const { url } = await start('right-one');
    const wrong = url.replace('right-one', 'wr0ng-one');
    const error: unknown = await connectPostgres(wrong, OPTIONS).catch((seen: unknown) => seen);
    expect(error).toMatchObject({ code: 'TARGET_UNREACHABLE', details: { code: '28P01' } });
    expect(String(error)).toContain('wrong password');
    // Through a proxy, which tells how often it was tried: the third look begins when the second has ended.
    const proxy = await openProxy(`tcp://127.0.0.1:${new URL(url).port}`);
    const proxied = wrong.replace(/:\d+\/postgres$/, `:${proxy.port}/postgres`);
    const watch = watchVoices({ url: proxied, allowHosts: [] }, deps(), 20, LIMIT_MS);
    await vi.waitFor(
      async () => expect((await proxy.traffic()).connections).toBeGreaterThanOrEqual(3),
      30_000,
    );
    const { voices, unasked } = await watch.stop();
    expect(voices).toEqual([]);
    expect(unasked).toContain('wrong password');
    expect(JSON.stringify([error, unasked])).not.toContain('wr0ng-one');
  },
  120_000,
);

test('a host that the user has not allowed is not asked, whatever the URL names beside it', async () => {
  const asked = connectPostgres('postgres://app@192.0.2.1/shop', OPTIONS);
  await expect(asked).rejects.toThrow('not allowed as a target');
  const beside = connectPostgres('postgres://app@127.0.0.1:1/shop?host=192.0.2.1&port=5432', OPTIONS);
  await expect(beside).rejects.toThrow('ECONNREFUSED');
});

test('a server that says nothing is given up after the limit', async () => {
  const port = await serveTcp(() => undefined);
  const beganAtMs = systemClock.now();
  const connecting = connectPostgres(`postgres://app@127.0.0.1:${port}/shop`, { ...OPTIONS, limitMs: 200 });
  await expect(connecting).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
  expect(systemClock.now() - beganAtMs).toBeGreaterThanOrEqual(190);
});

test.skipIf(bin === null)(
  'sessions count without ours: active, waiting for a lock, idle in a transaction, and transactions rise',
  async () => {
    const { url } = await start();
    const [holder, waiter, sleeper] = [
      await connectOther(url),
      await connectOther(url),
      await connectOther(url),
    ];
    await holder.query('CREATE TABLE stories (id int)');
    const voice = listenToPostgres(url, OPTIONS);
    onTestFinished(() => voice.end());
    const before = await voice.hear(0);
    expect(before).toMatchObject({
      sessions: 3,
      active: 0,
      waiting: 0,
      transactions: 0,
      maxConnections: 100,
    });
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE stories');
    waiter.query('SELECT * FROM stories').catch(() => undefined);
    sleeper.query('SELECT pg_sleep(600)').catch(() => undefined);
    await vi.waitFor(
      async () =>
        expect(await voice.hear(1)).toMatchObject({
          kind: 'postgres',
          atMs: 1,
          sessions: 3,
          active: 2,
          waiting: 1,
          idleInTransaction: 1,
        }),
      30_000,
    );
    // The server adds the transactions of a session up at most once per second.
    await vi.waitFor(
      async () => expect(await voice.hear(2)).toMatchObject({ transactions: expect.toSatisfy((n) => n > 0) }),
      30_000,
    );
  },
  120_000,
);

test.skipIf(bin === null)(
  'a server that goes away is heard no more, which is no error',
  async () => {
    const { url, server } = await start();
    const watch = watchVoices({ url, allowHosts: [] }, deps(), 10, LIMIT_MS);
    const client = await connectOther(url);
    const begun = new Set<string>();
    const countLooks = async () => {
      const { rows } = await client.query(
        `SELECT query_start::text AS begun FROM pg_stat_activity WHERE application_name = 'breakwater' AND query <> ''`,
      );
      for (const row of rows) begun.add(row.begun);
      return begun.size;
    };
    // A look begins when the one before it was answered.
    await vi.waitFor(async () => expect(await countLooks()).toBeGreaterThanOrEqual(2), 30_000);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await gone;
    const { voices, unasked } = await watch.stop();
    expect(voices.length).toBeGreaterThanOrEqual(1);
    expect(unasked).toBeNull();
  },
  120_000,
);
