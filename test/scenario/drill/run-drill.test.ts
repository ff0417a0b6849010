import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { AppError } from '../../../src/errors.ts';
import { createProxyHost, emptyProgram, type OpenProxy, type ProxyHost } from '../../../src/proxy/host.ts';
import type { DrillDependency, DrillMeans, DrillService } from '../../../src/scenario/drill/drill.ts';
import { type DrillDeps, runDrill } from '../../../src/scenario/drill/run-drill.ts';
import type { Watch } from '../../../src/scenario/drill/watch.ts';
import { openSender, type Sender } from '../../../src/scenario/run/sender.ts';
import type { DrillPlan } from '../../../src/types-drill.ts';
import { startTarget, type Target } from '../target.ts';

let host: ProxyHost;
let sender: Sender;
let database: Target;
let service: Target;
let proxy: OpenProxy;

beforeEach(async () => {
  host = createProxyHost();
  sender = await openSender();
  database = await startTarget();
  const { port } = database;
  const upstream = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  proxy = await host.open({ name: 'db', listenPort: 0, upstream }, emptyProgram());
  service = await startTarget((_request, response) => {
    const socket = connect(proxy.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: db\r\n\r\n'));
    socket.once('data', () => {
      response.end('ok');
      socket.destroy();
    });
    socket.once('error', () => response.writeHead(503).end('the database is away'));
  });
});

afterEach(async () => {
  await Promise.all([service.close(), database.close(), sender.close()]);
  await host.close();
});

const plan: DrillPlan = {
  id: 'database_down',
  kind: 'database_down',
  dependency: 'db',
  users: 20,
  ratePerUser: 1,
  baselineMs: 1_000,
  failureMs: 1_000,
  recoveryLimitMs: 20_000,
  params: {},
};

function nothing<Seen>(seen: Seen): Watch<Seen> {
  return { stop: async () => seen };
}

function depsWith(change: Partial<DrillDeps> = {}): DrillDeps {
  const dependency: DrillDependency = {
    name: 'db',
    upstream: proxy.spec.upstream,
    setFaults: (faults) =>
      proxy.setProgram({
        ...emptyProgram(1),
        epochMs: systemClock.now(),
        faults: faults.map((fault, index) => ({
          index,
          fault,
          windows: [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }],
        })),
      }),
    async counts() {
      const traffic = await proxy.traffic();
      return traffic;
    },
  };
  const notHere = () => Promise.reject(new Error('this drill needs no such means'));
  const means: DrillMeans = {
    runCommands: notHere,
    takeProcessor: notHere,
    limitMemory: notHere,
    stressMachine: notHere,
    holdSessions: notHere,
  };
  const running: DrillService = {
    baseUrl: service.origin,
    groupId: () => null,
    isRunning: () => true,
    listPids: async () => [],
    crash: async () => undefined,
    start: async () => undefined,
  };
  return {
    clock: systemClock,
    signal: new AbortController().signal,
    seed: 1,
    sender,
    calls: [
      {
        method: 'GET',
        url: `${service.origin}/`,
        headers: {},
        body: null,
        timeoutMs: 5_000,
        operationId: null,
      },
    ],
    rule: { windowMs: 250, windows: 4, errorShare: 0.01, p95Factor: 1.5, p95SlackMs: 500 },
    service: running,
    dependencies: [dependency],
    means,
    watches: {
      health: () => nothing([]),
      vitals: () => nothing([]),
      dependencies: () => nothing([]),
      ends: () => nothing([]),
      durability: () => ({ finish: async () => [] }),
    },
    onProgress: () => undefined,
    ...change,
  };
}

test('a drill shows the service well, failing and well again, and finds when it was', async () => {
  const result = await runDrill(plan, depsWith());
  expect(result).toMatchObject({ state: 'finished', problem: null, acted: { value: true } });
  expect(result.broke).toBe(
    `connections to db (tcp://127.0.0.1:${database.port}) refused and open ones reset`,
  );
  expect(result.phases.baseline).toMatchObject({
    failed: 0,
    answers: { 200: result.phases.baseline.requests },
  });
  const { 503: away = 0, 200: onTheirWay = 0, ...others } = result.phases.failure.answers;
  expect(others).toEqual({});
  // Those that were on their way at its edges.
  expect(onTheirWay).toBeLessThanOrEqual(3);
  expect(away).toBe(result.phases.failure.failed);
  expect(result.phases.failure.requests).toBeGreaterThanOrEqual(18);
  expect(result.phases.failure.errors[0]).toMatchObject({ status: 503, text: 'the database is away' });
  expect(result.phases.recovery).toMatchObject({ failed: 0 });
  expect(result.recovery?.recoveredAfterMs).not.toBeNull();
  expect(result.timeline.reduce((sum, { failed }) => sum + failed, 0)).toBe(result.phases.failure.failed);
});

test('a failure that cannot be begun ends the drill with the reason', async () => {
  const params = { stop: ['true'], start: ['true'] };
  const result = await runDrill({ ...plan, params }, depsWith());
  expect(result).toMatchObject({ state: 'failed', acted: { value: false }, recovery: null });
  expect(result.phases.baseline.requests).toBeGreaterThan(10);
});

test('what could not be mended is told with how to mend it by hand', async () => {
  const deps = depsWith();
  const hint = 'Start it by hand, in /srv/shop: docker start db';
  const runCommands = async () => ({
    broke: 'stopped by "docker stop db"',
    end: () => Promise.reject(new AppError('COMMAND_FAILED', 'It was not started again.', { hint })),
    evidence: async () => ({ value: true, evidence: 'stopped' }),
  });
  const params = { stop: ['docker', 'stop', 'db'], start: ['docker', 'start', 'db'] };
  const result = await runDrill(
    { ...plan, baselineMs: 500, failureMs: 200, params },
    { ...deps, means: { ...deps.means, runCommands } },
  );
  expect(result).toMatchObject({
    state: 'failed',
    problem: `What was broken could not be mended: It was not started again. ${hint}`,
  });
});

test('a service that fails without a failure is not broken further', async () => {
  await database.close();
  const result = await runDrill(plan, depsWith());
  expect(result).toMatchObject({ state: 'failed', failureAtMs: null });
  expect(result.problem).toContain('Before anything was broken');
});

test('a cancelled drill mends what it broke and keeps what it measured', async () => {
  const stop = new AbortController();
  const deps = depsWith({
    signal: stop.signal,
    onProgress: (_share, message) => message.includes('failure') && stop.abort(),
  });
  const result = await runDrill({ ...plan, failureMs: 60_000 }, deps);
  expect(result).toMatchObject({ state: 'cancelled', failureEndMs: null });
  expect(result.phases.baseline.requests).toBeGreaterThan(10);
  expect((await fetch(service.origin)).status).toBe(200);
});

test('a dependency that nobody calls is told apart from one that was called before only', async () => {
  const base = depsWith();
  const other = await startTarget();
  const elsewhere = base.calls.map((call) => ({ ...call, url: `${other.origin}/` }));
  const idle = () => runDrill({ ...plan, baselineMs: 300, failureMs: 300 }, { ...base, calls: elsewhere });
  const never = await idle();
  const socket = connect(proxy.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: db\r\n\r\n'));
  await once(socket, 'data');
  socket.destroy();
  while ((await proxy.traffic()).openConnections > 0) await setImmediate();
  const before = await idle();
  await other.close();
  expect(never.acted).toEqual({
    value: false,
    evidence:
      'the service never called db, before or while it was broken; check that app.env leads to {db} and that drills.load holds a call that needs it',
  });
  expect(before.acted).toMatchObject({
    value: false,
    evidence: expect.stringMatching(/^the service called db before, and not while it was broken; /),
  });
});

test('connections that are reset while nothing uses them show that the failure acted', async () => {
  const open = connect(proxy.port, '127.0.0.1');
  open.on('error', () => undefined);
  open.write('GET / HTTP/1.1\r\nHost: db\r\n\r\n');
  await once(open, 'data');
  await proxy.takeExchanges();
  const waiting = depsWith();
  const health = await startTarget();
  const calls = waiting.calls.map((call) => ({ ...call, url: `${health.origin}/` }));
  const result = await runDrill({ ...plan, failureMs: 500 }, { ...waiting, calls });
  await health.close();
  expect(result.acted).toEqual({
    value: true,
    evidence: 'the fault acted once at the proxy of db',
  });
});

test('a service that has ended is not waited for', async () => {
  const deps = depsWith();
  const gone = { ...deps, service: { ...deps.service, isRunning: () => false } };
  await service.close();
  const other = await startTarget();
  const calls = deps.calls.map((call) => ({ ...call, url: `${other.origin}/` }));
  const result = await runDrill({ ...plan, failureMs: 200, recoveryLimitMs: 100_000 }, { ...gone, calls });
  await other.close();
  expect(result.recovery).toMatchObject({
    recoveredAfterMs: null,
    reason: 'The process of the service has ended, and nothing started it again.',
  });
}, 30_000);
