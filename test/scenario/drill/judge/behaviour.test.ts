import { expect, test } from 'vitest';
import { judgeDrillRun } from '../../../../src/scenario/drill/judge/judge.ts';
import type { Statement } from '../../../../src/scenario/drill/judge/judgement.ts';
import type { DrillConfig } from '../../../../src/types-drill.ts';
import { answer, type Behaviour, buildDrill, buildRun, HANGS } from '../support/build-drill.ts';

const DB = { name: 'db', upstream: 'psql://127.0.0.1:5432', broken: true, refused: true } as const;
const CACHE = { name: 'cache', upstream: 'redis://127.0.0.1:6379', broken: true, refused: true } as const;
const BUSY = '{"error":"busy"}';

/** What is said about one aspect of a drill. */
function tell(aspect: string, behaviour: Behaviour, config: Partial<DrillConfig> = {}): Statement {
  const [drill] = judgeDrillRun(buildRun([buildDrill(behaviour)], config)).drills;
  const found = drill?.behaviour.find((each) => each.aspect === aspect);
  if (found === undefined) throw new Error(`there is no ${aspect}`);
  return found;
}

const downWith = (over: Partial<Behaviour>): Behaviour => ({
  kind: 'database_down',
  broken: () => answer(503, BUSY, 5),
  dependencies: [{ ...DB, open: [5, 0] }],
  ...over,
});

test('a health endpoint is right to say 503 while a needed dependency is down, and wrong to say 200', () => {
  const honest = tell('Health Check Response', downWith({ healthWhenBroken: 503 }));
  expect(honest).toMatchObject({ mark: 'good' });
  expect(honest.text).toContain('503 on 20 of 20 checks during the failure, and 2xx again 0.00 s after it');
  const lying = tell('Health Check Response', downWith({ healthWhenBroken: 200 }));
  expect(lying).toMatchObject({ mark: 'bad' });
  expect(lying.text).toContain('It should say 503: 100.0 % more of the requests failed');
});

test('a health endpoint is right to say 200 while the service works without the dependency', () => {
  const working = downWith({ broken: () => ({}) });
  expect(tell('Health Check Response', { ...working, healthWhenBroken: 200 }).mark).toBe('good');
  expect(tell('Health Check Response', { ...working, healthWhenBroken: 503 }).mark).toBe('warning');
});

test('a health endpoint that says "well" once the service is up again after a crash does not lie', () => {
  const { health } = buildDrill({ kind: 'application_crash' });
  const crash: Behaviour = {
    kind: 'application_crash',
    broken: () => ({ outcome: 'refused', status: null, latencyMs: 1 }),
    backAfterMs: 3_000,
    over: { health: health.map((p) => (p.atMs >= 5_000 && p.atMs < 6_000 ? { ...p, status: null } : p)) },
  };
  expect(tell('Health Check Response', crash).mark).toBe('good');
  const [drill] = judgeDrillRun(buildRun([buildDrill(crash)])).drills;
  expect(drill?.issues.map(({ id }) => id)).not.toContain('health_says_well');
});

test('silence of the health endpoint tells of a crash, and of nothing else', () => {
  const gone = {
    broken: () => ({ outcome: 'refused', status: null, latencyMs: 1 }) as const,
    backAfterMs: 2_000,
  };
  const crash = { kind: 'application_crash', healthWhenBroken: null, ...gone };
  expect(tell('Health Check Response', crash).mark).toBe('good');
  expect(tell('Health Check Response', downWith({ healthWhenBroken: null })).mark).toBe('warning');
});

test('without a health endpoint the line of breakwater.yaml is named that gives it', () => {
  const { text } = tell('Health Check Response', downWith({ over: { health: [] } }));
  expect(text).toBe(
    'not observable, because no health endpoint is configured (breakwater.yaml: `drills: { health: /health }`)',
  );
});

test.each([
  ['quick and clear', answer(503, BUSY, 5), 'good', 'It fails fast: failures took p95 5.0 ms.'],
  ['a status that says nothing', answer(500, BUSY, 5), 'warning', 'No stack trace or HTML was seen.'],
  ['slow', answer(503, BUSY, 1_900), 'warning', 'It fails slowly: failures took p95 1,900 ms.'],
  ['very slow', answer(503, BUSY, 6_000), 'bad', 'It hangs: failures took p95 6,000 ms.'],
  ['a stack trace', answer(500, 'Error\n    at run (/app/x.js:1:2)', 5), 'bad', '100 show a stack trace'],
  ['a Python trace', answer(500, 'File "a.py", line 3, in b', 5), 'bad', '100 show a stack trace'],
  [
    'a page',
    { ...answer(503, '<!doctype html><p>', 5), contentType: 'text/html' },
    'warning',
    '100 are HTML pages',
  ],
  ['an inner address', answer(503, 'ECONNREFUSED 10.0.0.1:5432', 5), 'warning', '100 name addresses'],
  ['no answer', HANGS, 'bad', '100 requests got no answer at all within 2,000 ms.'],
] as const)('error messages: %s', (_name, reply, mark, text) => {
  const told = tell('Error Messages', downWith({ broken: () => reply }));
  expect(told.mark).toBe(mark);
  expect(told.text).toContain(text);
});

test('the connection pool tells how many connections came back, and when', () => {
  const { mark, text } = tell('Connection Pool Behavior', downWith({ backAfterMs: 1_250 }));
  expect(mark).toBe('good');
  expect(text).toContain('5 connections to db were open before, 0 during and 5 after');
  expect(text).toContain('open 1.25 s after the failure ended');
});

test('a pool that does not come back is bad', () => {
  const told = tell('Connection Pool Behavior', downWith({ backAfterMs: 20_000 }));
  expect(told).toMatchObject({ mark: 'bad' });
  expect(told.text).toContain('they did not come back');
});

test.each([
  [1, 'warning', 'nothing is tried again'],
  [2.1, 'good', 'failed attempts are repeated, and not often'],
  [5, 'bad', 'each request tries 5.0 times'],
  [0.1, 'good', 'attempts stop while it is down'],
])('%d attempts for each request are told as retries or not', (attempts, mark, text) => {
  const told = tell('Automatic Retry', downWith({ dependencies: [{ ...DB, attempts: () => attempts }] }));
  expect(told.mark).toBe(mark);
  expect(told.text).toContain(text);
});

const slowNetwork = (over: Partial<Behaviour>): Behaviour => ({
  kind: 'network_latency',
  broken: (since) => (since < 1_500 ? answer(503, BUSY, 900) : answer(503, BUSY, 3)),
  dependencies: [{ ...DB, refused: false, attempts: (since) => (since < 1_500 ? 1 : 0.05) }],
  ...over,
});

test('a circuit breaker is seen where attempts stop and failures become fast', () => {
  expect(tell('Circuit Breaker', slowNetwork({}))).toMatchObject({ mark: 'good' });
  expect(tell('Circuit Breaker', slowNetwork({})).text).toContain('One is open: 0.1 attempts per request');
});

test.each([
  ['attempts go on', { dependencies: [{ ...DB, refused: false, attempts: () => 1 }] }],
  ['failures stay slow', { broken: () => answer(503, BUSY, 900) }],
  [
    'the process has ended',
    { over: { unexpectedEnds: [{ atMs: 6_000, code: 1, signal: null, outOfMemory: false }] } },
  ],
])('no circuit breaker is seen where %s', (_name, over) => {
  expect(tell('Circuit Breaker', slowNetwork(over))).toMatchObject({ mark: 'bad' });
});

const cacheDown = (over: Partial<Behaviour>): Behaviour => ({
  kind: 'cache_down',
  dependencies: [
    CACHE,
    { name: 'db', upstream: 'psql://127.0.0.1:5432', voice: 'postgres', attempts: () => 2 },
  ],
  ...over,
});

test('a cache that is bypassed fails open, and the database takes over', () => {
  expect(tell('Fail-Open Caching', cacheDown({}))).toMatchObject({ mark: 'good' });
  const fallback = tell('Database Fallback', cacheDown({}));
  expect(fallback.text).toContain('db had 40.0 transactions/s against 20.0 before (2.0 times)');
});

test('a cache that is needed does not fail open, and nothing falls back', () => {
  const needed = cacheDown({
    broken: () => answer(500, BUSY, 5),
    dependencies: [CACHE, { name: 'db', upstream: 'psql://127.0.0.1:5432', attempts: () => 0 }],
  });
  expect(tell('Fail-Open Caching', needed).text).toContain('It does not fail open: 0 of 100 requests');
  expect(tell('Database Fallback', needed)).toMatchObject({ mark: 'bad' });
});

test.each([
  ['refuses what it let through', 0, 3, 'bad'],
  ['lets everything through', 3, 0, 'warning'],
  ['holds', 3, 3, 'good'],
  ['was not reached', 0, 0, 'good'],
])('a rate limit without its store: it %s', (_name, before, during, mark) => {
  const limit = (share: number) => (index: number) => (index % 10 < share ? answer(429, '', 2) : {});
  const drill = cacheDown({ calm: limit(before), broken: (_since, index) => limit(during)(index) });
  expect(tell('Rate Limiting', drill).mark).toBe(mark);
});

test('sessions are not observable until one is written and read back', () => {
  expect(tell('Session Storage', cacheDown({})).text).toMatch(
    /^Not observable, because no session is written/,
  );
  const record = {
    type: 'sessions',
    acknowledged: 9,
    refused: 0,
    lost: 2,
    unknown: 0,
    rpoMs: 900,
    reason: 'Gone.',
  };
  const told = tell('Session Storage', cacheDown({ over: { durability: [record] } }));
  expect(told).toMatchObject({ mark: 'bad' });
  expect(told.text).toContain('2 of 9 acknowledged writes of sessions were gone');
});

const slowQuery = (over: Partial<Behaviour>): Behaviour => ({
  kind: 'slow_query',
  dependencies: [DB],
  ...over,
});

test('a service without a time limit leaves it to its users to give up', () => {
  expect(tell('Request Timeout', slowQuery({ broken: () => HANGS }))).toMatchObject({ mark: 'bad' });
  const limited = tell('Request Timeout', slowQuery({ broken: () => answer(503, BUSY, 800) }));
  expect(limited).toMatchObject({ mark: 'good' });
  expect(limited.text).toContain('The service gives up by itself: 100 failed answers, p95 800.0 ms');
});

test('requests that pile up until the failure ends are told from those that reach a bound', () => {
  const growing = tell('Queue Buildup', slowQuery({ broken: (since) => ({ latencyMs: 8_000 - since }) }));
  expect(growing).toMatchObject({ mark: 'bad' });
  expect(growing.text).toContain('they pile up as long as it lasts');
  expect(tell('Queue Buildup', slowQuery({ broken: () => ({ latencyMs: 1_000 }) })).mark).toBe('warning');
  expect(tell('Queue Buildup', slowQuery({})).text).toContain('none pile up');
});

test('connections that stay open while the service does not recover are seen, a pool that has grown is none', () => {
  expect(tell('Connection Release', slowQuery({})).mark).toBe('good');
  const points = buildDrill(slowQuery({ backAfterMs: 30_000 })).dependencies[0]?.traffic ?? [];
  const traffic = points.map((point) => (point.atMs < 8_000 ? point : { ...point, openConnections: 30 }));
  const record = { name: 'db', upstream: 'psql://h:1', broken: true, voices: [], unasked: null, traffic };
  const over = { dependencies: [record] };
  expect(tell('Connection Release', slowQuery({ over })).mark).toBe('good');
  const stuck = slowQuery({ broken: () => HANGS, backAfterMs: 30_000, over });
  expect(tell('Connection Release', stuck)).toMatchObject({ mark: 'bad' });
});

test('ends of the process are put down to the memory or to the service itself', () => {
  const end = (outOfMemory: boolean) => ({
    kind: 'memory_pressure',
    over: { unexpectedEnds: [{ atMs: 8_000, code: null, signal: 'SIGKILL', outOfMemory }] },
  });
  expect(tell('OOM Killer', end(true)).text).toContain('It ended the service: at 8.00 s by SIGKILL');
  expect(tell('Process Crashes', end(true)).mark).toBe('good');
  expect(tell('OOM Killer', end(false)).mark).toBe('good');
  expect(tell('Process Crashes', end(false)).text).toBe('The service ended by itself: at 8.00 s by SIGKILL.');
});

test('swapping is thrashing from 1,000 pages a second on', () => {
  const swap = (swapPages: number) => ({ kind: 'memory_pressure', vitals: () => ({ swapPages }) });
  expect([0, 10, 400].map((pages) => tell('Swap Thrashing', swap(pages)).mark)).toEqual([
    'good',
    'warning',
    'bad',
  ]);
});

test('workers that do not get through what is asked of them starve', () => {
  const slow = { kind: 'cpu_saturation', broken: (since: number) => ({ latencyMs: 6_000 - since }) };
  expect(tell('Worker Starvation', slow)).toMatchObject({ mark: 'bad' });
  expect(tell('Worker Starvation', { kind: 'cpu_saturation' }).text).toContain(
    '20.0 requests/s came to an end against 20.0 before (100.0 %), the service had 0.20 cores',
  );
});

test('a process that has ended neither answers nor tries again, and its health endpoint is not to blame', () => {
  const ended = downWith({
    broken: () => ({ outcome: 'refused', status: null, latencyMs: 1 }),
    healthWhenBroken: null,
    backAfterMs: 300,
    dependencies: [{ ...DB, attempts: () => 0 }],
    over: { unexpectedEnds: [{ atMs: 5_100, code: 1, signal: null, outOfMemory: false }] },
  });
  expect(tell('Error Messages', ended)).toMatchObject({ mark: 'bad' });
  expect(tell('Error Messages', ended).text).toContain('No failed request got an answer from the service.');
  expect(tell('Health Check Response', ended).text).toContain('A process that is gone cannot answer');
  expect(tell('Automatic Retry', ended).text).toContain('the process had ended, and could not try again');
});

test('where many requests fail without the cache, a limit that needs it is not called good', () => {
  const failing = cacheDown({ broken: () => answer(500, BUSY, 5) });
  expect(tell('Rate Limiting', failing)).toMatchObject({ mark: 'warning' });
});
