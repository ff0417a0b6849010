import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectRedis } from '../../../src/service/ask/redis.ts';
import { listenToRedis } from '../../../src/service/ask/redis-voice.ts';
import { watchVoices } from '../../../src/service/ask/voices.ts';
import { findFreePort } from '../../../src/service/free-port.ts';
import { startRedis } from '../../helpers/redis.ts';
import { demandRedis } from '../../helpers/tools-here.ts';
import { serveTcp } from '../../proxy/support/servers.ts';

const isThere = demandRedis('asking Redis about itself');
const LIMIT_MS = 20_000;
const OPTIONS = { limitMs: LIMIT_MS, allowHosts: [] };

const deps = () => ({ clock: systemClock, epochMs: systemClock.now(), signal: new AbortController().signal });

/** Sends inline commands as a client of the service. */
async function command(port: number, ...lines: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.end(lines.map((line) => `${line}\r\n`).join(''));
  await once(socket, 'close');
  return text;
}

test.skipIf(!isThere)(
  'hits and misses count since the first look, clients without ours',
  async () => {
    const { port } = await startRedis();
    await command(port, 'SET a 1', 'GET a', 'GET b', 'QUIT');
    const voice = listenToRedis(`redis://127.0.0.1:${port}`, OPTIONS);
    expect(await voice.hear(0)).toMatchObject({ kind: 'redis', atMs: 0, hits: 0, misses: 0 });
    await command(port, 'GET a', 'GET a', 'GET b', 'QUIT');
    const heard = await vi.waitFor(async () => {
      const now = await voice.hear(1);
      expect(now).toMatchObject({ clients: 0 });
      return now;
    }, 30_000);
    expect(heard).toMatchObject({ hits: 2, misses: 1 });
    expect(heard.kind === 'redis' && heard.usedBytes).toBeGreaterThan(100_000);
    await voice.end();
  },
  60_000,
);

test.skipIf(!isThere)(
  'a password is given, and a wrong one is told without showing it',
  async () => {
    const { port } = await startRedis({ password: '100%-right' });
    const session = await connectRedis(`redis://:100%-right@127.0.0.1:${port}/0`, OPTIONS);
    expect(await session.readInfo()).toMatchObject({ redis_mode: 'standalone' });
    session.end();
    await expect(session.readInfo()).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
    for (const url of [`redis://:wr0ng-one@127.0.0.1:${port}`, `redis://127.0.0.1:${port}`]) {
      const error: unknown = await connectRedis(url, OPTIONS).catch((seen: unknown) => seen);
      expect(String(error)).toContain('wrong or missing password');
      expect(JSON.stringify(error)).not.toContain('wr0ng-one');
    }
  },
  60_000,
);

test.skipIf(!isThere)(
  'a server that comes later, goes away and comes back is heard whenever it is there, and counts go on',
  async () => {
    const port = await findFreePort();
    const watch = watchVoices({ url: `redis://127.0.0.1:${port}`, allowHosts: [] }, deps(), 10, LIMIT_MS);
    for (const _time of [1, 2]) {
      const { server } = await startRedis({ port });
      await untilAsked(port, 2);
      await command(port, 'GET nothing', 'QUIT');
      const asked = await untilAsked(port, 0);
      await untilAsked(port, asked + 2);
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    const { voices, unasked } = await watch.stop();
    expect(unasked).toBeNull();
    const misses = voices.map((voice) => (voice.kind === 'redis' ? voice.misses : -1));
    expect(misses[0]).toBe(0);
    expect(misses.at(-1)).toBe(2);
    expect(misses).toEqual(misses.toSorted((a, b) => a - b));
  },
  120_000,
);

/** Waits until the server has been asked for INFO more than `times` times, and gives how often. */
async function untilAsked(port: number, times: number): Promise<number> {
  return vi.waitFor(async () => {
    const text = await command(port, 'INFO commandstats', 'QUIT');
    const calls = Number(/cmdstat_info:calls=(\d+)/.exec(text)?.[1] ?? 0);
    expect(calls).toBeGreaterThan(times);
    return calls;
  }, 30_000);
}

test('an answer in many pieces is read whole, and one that does not come is given up', async () => {
  const port = await serveTcp((socket) => {
    let asked = 0;
    socket.on('data', async () => {
      asked += 1;
      if (asked === 1) socket.write('+PONG\r\n');
      else if (asked === 2)
        for (const piece of ['$', '24', '\r', '\nused_memory:1\r\nother:a', ':b\r\n'])
          await new Promise((done) => socket.write(piece, () => setImmediate(done)));
    });
  });
  const session = await connectRedis(`redis://127.0.0.1:${port}`, { ...OPTIONS, limitMs: 300 });
  expect(await session.readInfo()).toEqual({ used_memory: '1', other: 'a:b' });
  await expect(session.readInfo()).rejects.toMatchObject({
    code: 'TARGET_UNREACHABLE',
    details: { code: 'ETIMEDOUT' },
  });
});

test('without a URL, or with one of another kind, nothing is asked', async () => {
  expect(await watchVoices({ url: null, allowHosts: [] }, deps()).stop()).toEqual({
    voices: [],
    unasked: 'No variable of app.env in breakwater.yaml says how it is reached.',
  });
  expect(await watchVoices({ url: 'http://127.0.0.1:1', allowHosts: [] }, deps()).stop()).toEqual({
    voices: [],
    unasked: null,
  });
});

test('a server that was never there: no voices, and one sentence says why', async () => {
  let tries = 0;
  const port = await serveTcp((socket) => {
    tries += 1;
    socket.resetAndDestroy();
  });
  const watch = watchVoices(
    { url: `redis://:secret-word@127.0.0.1:${port}`, allowHosts: [] },
    deps(),
    5,
    LIMIT_MS,
  );
  // The third look begins when the second has ended.
  await vi.waitFor(() => expect(tries).toBeGreaterThanOrEqual(3), 30_000);
  const { voices, unasked } = await watch.stop();
  expect(voices).toEqual([]);
  expect(unasked).toMatch(/^Redis did not answer/);
  expect(unasked).not.toContain('secret-word');
});

test('a host that the user has not allowed is not asked', async () => {
  await expect(connectRedis('redis://192.0.2.1:6379', OPTIONS)).rejects.toThrow('not allowed as a target');
});
