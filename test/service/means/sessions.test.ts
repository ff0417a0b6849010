import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { holdSessions } from '../../../src/service/means/sessions.ts';
import type { DrillDependency } from '../../../src/types-means.ts';
import { startPostgres } from '../../helpers/postgres.ts';
import { demandPostgres } from '../../helpers/tools-here.ts';
import { makeGround } from './ground.ts';

const bin = demandPostgres('sessions held by pg_sleep');
const withPostgres = test.skipIf(bin === null);
const TEST_LIMIT_MS = 120_000;

async function start(signal?: AbortSignal) {
  const { port } = await startPostgres(bin ?? '');
  const client = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  const ground = await makeGround(signal);
  const app = { folder: ground.store.folder, env: { DATABASE_URL: 'postgres://postgres@{db}/postgres' } };
  return { dependency: makeDependency(port), deps: { ...ground, app, allowHosts: [] }, client };
}

function makeDependency(port: number): DrillDependency {
  return {
    name: 'db',
    upstream: { protocol: 'psql', host: '127.0.0.1', port },
    setFaults: () => Promise.reject(new Error('no faults here')),
    counts: () => Promise.reject(new Error('no proxy here')),
  };
}

async function countAsleep(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
  );
  return Number(rows[0]?.count);
}

withPostgres(
  'sessions hold real connections until end, and are told by pg_stat_activity',
  async () => {
    const { dependency, deps, client } = await start();
    const active = await holdSessions(dependency, 12, 600_000, deps);
    expect(await countAsleep(client)).toBe(12);
    const [note] = await deps.listNotes();
    expect(note?.mend).toMatchObject({ kind: 'sessions', place: expect.stringContaining('127.0.0.1:') });
    expect(note?.mend.kind === 'sessions' ? note.mend.pids : []).toHaveLength(12);
    await active.end();
    await active.end();
    await expect.poll(() => countAsleep(client), { timeout: 30_000 }).toBe(0);
    expect(await deps.listNotes()).toEqual([]);
    expect(await active.evidence()).toEqual({
      value: true,
      evidence: 'pg_stat_activity showed 12 of 12 sessions in pg_sleep at first and 12 at the end',
    });
  },
  TEST_LIMIT_MS,
);

withPostgres(
  'sleepers of others go on sleeping',
  async () => {
    const { dependency, deps, client } = await start();
    const other = new pg.Client({
      connectionString: `postgres://postgres@127.0.0.1:${dependency.upstream.port}/postgres`,
    });
    other.on('error', () => undefined);
    await other.connect();
    onTestFinished(() => other.end().catch(() => undefined));
    void other.query('SELECT pg_sleep(600)').catch(() => undefined);
    await expect.poll(() => countAsleep(client), { timeout: 30_000 }).toBe(1);
    const active = await holdSessions(dependency, 3, 600_000, deps);
    expect(await countAsleep(client)).toBe(4);
    await active.end();
    await expect.poll(() => countAsleep(client), { timeout: 30_000 }).toBe(1);
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
  },
  TEST_LIMIT_MS,
);

withPostgres(
  'what the server reserves is not taken, and nothing is noted or left open',
  async () => {
    const { dependency, deps, client } = await start();
    await expect(holdSessions(dependency, 1_000, 1_000, deps)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(
        /the server has \d+ left: of 100 connections 3 are reserved and 1 taken/,
      ),
    });
    expect(await deps.listNotes()).toEqual([]);
    await expect.poll(() => countOurs(client), { timeout: 30_000 }).toBe(0);
  },
  TEST_LIMIT_MS,
);

withPostgres(
  'they end by themselves when their time has come, and when the drill is cancelled',
  async () => {
    const abort = new AbortController();
    const { dependency, deps, client } = await start(abort.signal);
    await holdSessions(dependency, 2, 500, deps);
    await expect.poll(() => countOurs(client), { timeout: 30_000 }).toBe(0);
    const active = await holdSessions(dependency, 2, 600_000, deps);
    abort.abort();
    await expect.poll(() => countOurs(client), { timeout: 30_000 }).toBe(0);
    await active.end();
    expect(await deps.listNotes()).toEqual([]);
  },
  TEST_LIMIT_MS,
);

withPostgres(
  'a server that ends meanwhile makes end no error',
  async () => {
    const { dependency, deps, client } = await start();
    const active = await holdSessions(dependency, 2, 600_000, deps);
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'breakwater'",
    );
    await active.end();
    expect(await deps.listNotes()).toEqual([]);
  },
  TEST_LIMIT_MS,
);

test('a dependency that app.env does not lead to is told with an example', async () => {
  const ground = await makeGround();
  const deps = { ...ground, app: { folder: '/', env: {} }, allowHosts: [] };
  await expect(holdSessions(makeDependency(1), 1, 1_000, deps)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    hint: expect.stringContaining('@{db}/DATABASE'),
  });
});

async function countOurs(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'breakwater'",
  );
  return Number(rows[0]?.count);
}
