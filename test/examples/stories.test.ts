import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findFreePort } from '../../src/service/free-port.ts';
import { repository } from '../helpers/mcp-client.ts';
import { findPostgres, startPostgres } from '../helpers/postgres.ts';
import { startRedis } from '../helpers/redis.ts';
import { demandPostgres, demandRedis } from '../helpers/tools-here.ts';
import { programOf } from '../proxy/support/program.ts';
import { openProxy } from '../proxy/support/servers.ts';

const what = 'the stories on PostgreSQL and Redis';
const areThere = demandPostgres(what) !== null && demandRedis(what);

function run(folder: string, script: string, flags: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [script, ...flags], {
    cwd: join(repository, 'examples', folder),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  });
  return child;
}

async function readAll(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.unref();
  });
}

test.skipIf(!areThere)(
  'dependencies.js starts PostgreSQL and Redis on free ports, and Ctrl-C ends both and removes their data',
  async () => {
    const child = run(
      'stories',
      'dependencies.js',
      ['--postgres-port', '0', '--redis-port', '0'],
      process.env,
    );
    let said = '';
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`;
      if (line.includes('Ctrl-C')) break;
    }
    const ports = [...said.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(await isOpen(port)).toBe(true);
    const folder = /data is in (\S+)\./.exec(said)?.[1] ?? '';
    expect(existsSync(folder)).toBe(true);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(folder)).toBe(false);
    for (const port of ports) expect(await isOpen(port)).toBe(false);
  },
  120_000,
);

test('dependencies.js says what is missing and where to get it', async () => {
  const child = run('stories', 'dependencies.js', [], { PATH: '' });
  const [said, [code]] = await Promise.all([readAll(child.stderr), once(child, 'exit')]);
  expect(said).toMatch(/^(redis-server|initdb and postgres) cannot be found\. .*apt-get install /);
  expect(code).toBe(1);
});

interface Stories {
  readonly child: ChildProcess;
  readonly url: string;
  readonly db: Awaited<ReturnType<typeof openProxy>>;
  readonly cache: Awaited<ReturnType<typeof openProxy>>;
}

async function startStories(folder: string): Promise<Stories> {
  const { port: postgres } = await startPostgres(findPostgres() ?? '');
  const { port: redis } = await startRedis();
  const db = await openProxy(`psql://127.0.0.1:${postgres}`);
  const cache = await openProxy(`redis://127.0.0.1:${redis}`);
  const port = await findFreePort();
  const child = run(folder, 'server.js', [], {
    PATH: process.env.PATH,
    PORT: String(port),
    DATABASE_URL: `postgres://postgres@127.0.0.1:${db.port}/postgres`,
    REDIS_URL: `redis://127.0.0.1:${cache.port}`,
  });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/stories/welcome`)).status).toBe(200), 60_000);
  return { child, url, db, cache };
}

const REFUSE = [{ type: 'refuse' }];

for (const folder of ['stories', 'stories-hardened'])
  test.skipIf(!areThere)(
    `${folder}: a story and a draft that were written are read, and a nameless one is refused`,
    async () => {
      const { url } = await startStories(folder);
      for (const path of ['stories', 'drafts']) {
        const post = (body: object) =>
          fetch(`${url}/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
        expect((await post({})).status).toBe(400);
        const written = await post({ title: 'The sea' });
        expect(written.status).toBe(201);
        const entry = (await written.json()) as { readonly id: string };
        expect(await (await fetch(`${url}/${path}/${entry.id}`)).json()).toEqual(entry);
      }
      expect(await (await fetch(`${url}/search?q=welcome`)).json()).toMatchObject([{ id: 'welcome' }]);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    },
    120_000,
  );

test.skipIf(!areThere)(
  'the weak variant ends when idle connections to its database break',
  async () => {
    const { child, db } = await startStories('stories');
    const ended = once(child, 'exit');
    await db.setProgram(programOf(REFUSE));
    expect(await ended).toEqual([1, null]);
  },
  120_000,
);

test.skipIf(!areThere)(
  'the hardened variant serves stories without its cache, and tells the truth without its database',
  async () => {
    const { child, url, db, cache } = await startStories('stories-hardened');
    await cache.setProgram(programOf(REFUSE));
    expect((await fetch(`${url}/search?q=welcome`)).status).toBe(200);
    expect((await fetch(`${url}/stories`)).status).toBe(200);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await cache.setProgram(programOf([]));
    // Once the cache is back it takes the list up, which then stands in for what cannot be loaded.
    await vi.waitFor(async () => {
      await db.setProgram(programOf([]));
      expect((await fetch(`${url}/stories`)).status).toBe(200);
      await db.setProgram(programOf(REFUSE));
      expect((await fetch(`${url}/stories`)).status).toBe(200);
    }, 60_000);
    const answer = await fetch(`${url}/search?q=welcome`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.text()).not.toContain('at ');
    expect((await fetch(`${url}/health`)).status).toBe(503);
    await db.setProgram(programOf([]));
    await vi.waitFor(async () => expect((await fetch(`${url}/health`)).status).toBe(200), 60_000);
    expect(child.exitCode).toBeNull();
  },
  120_000,
);
