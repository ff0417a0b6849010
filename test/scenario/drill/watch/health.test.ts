import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { watchHealth } from '../../../../src/scenario/drill/watch/health.ts';
import { serveHttp } from '../../../proxy/support/servers.ts';

const LIMIT_MS = 1_000;

/** A server whose n-th answer is the n-th of `answers`; `seen` resolves when all have been asked for. */
async function serve(answers: readonly RequestListener[]) {
  let asked = 0;
  let resolve: () => void = () => undefined;
  const seen = new Promise<void>((done) => {
    resolve = done;
  });
  const connections = new Set<unknown>();
  const port = await serveHttp(
    (request, response) => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) resolve();
      else answer(request, response);
    },
    (server) => server.on('connection', (socket) => connections.add(socket)),
  );
  return { url: `http://127.0.0.1:${port}/health`, seen, connections };
}

const say =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status).end('{}');

test('each look at the health endpoint is a point: 200, 503, none for a reset and for one that hangs', async () => {
  const { url, seen, connections } = await serve([
    say(200),
    say(503),
    ({ socket }) => socket.destroy(),
    () => undefined,
    say(200),
  ]);
  const epochMs = systemClock.now();
  const deps = { clock: systemClock, epochMs, signal: new AbortController().signal };
  const watch = watchHealth(url, deps, 5, LIMIT_MS);
  await seen;
  const points = await watch.stop();
  // The look that was under way when it was stopped says nothing.
  expect(points.map(({ status }) => status)).toEqual([200, 503, null, null, 200]);
  expect(points[3]?.tookMs).toBeGreaterThanOrEqual(LIMIT_MS);
  expect(points[4]?.atMs).toBeGreaterThanOrEqual(LIMIT_MS);
  expect(points.map(({ atMs }) => atMs)).toEqual(points.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  expect(connections.size).toBe(6);
});

test('a health endpoint that refuses connections is a point without a status', async () => {
  const clock = systemClock;
  const watch = watchHealth(
    'http://127.0.0.1:1/health',
    { clock, epochMs: clock.now(), signal: new AbortController().signal },
    60_000,
  );
  await clock.sleepUntil(clock.now() + 1);
  // Stopping waits for nothing that is to come: the first look, begun at once, is all there can be.
  const points = await watch.stop();
  expect(points.every(({ status }) => status === null)).toBe(true);
  expect(points.length).toBeLessThanOrEqual(1);
});
