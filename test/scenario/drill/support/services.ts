import type { DrillRun, DurabilityRecord } from '../../../../src/types-drill.ts';
import { answer, type Behaviour, buildDrill, buildRun, HANGS } from './build-drill.ts';
import type { DependencyCourse } from './watch-series.ts';

const DB: DependencyCourse = {
  name: 'db',
  upstream: 'psql://127.0.0.1:5432',
  voice: 'postgres',
  perRequest: 0.5,
};
const CACHE: DependencyCourse = {
  name: 'cache',
  upstream: 'redis://127.0.0.1:6379',
  voice: 'redis',
  perRequest: 1,
};
const STACK =
  '{"error":"connect ECONNREFUSED 127.0.0.1:5432","stack":"Error: connect\\n    at Pool.query (/app/db.js:12:5)"}';
const SORRY = '{"error":"try again later"}';

const REFUSED = 'connections to db (psql://127.0.0.1:5432) refused and open ones reset';

/** A service without limits, without fallbacks and with a health endpoint that says "ok" whatever happens. */
export function weakRun(): DrillRun {
  return buildRun(WEAK.map(buildDrill), { durability: DURABILITY });
}

/** The same service with limits, fallbacks, a breaker and an honest health endpoint. */
export function hardenedRun(): DrillRun {
  return buildRun(HARDENED.map(buildDrill), { durability: DURABILITY });
}

const write = {
  method: 'POST',
  url: '/stories',
  headers: {},
  body: '{}',
  timeoutMs: 2_000,
  operationId: null,
} as const;
const DURABILITY = ['user_data', 'transactions', 'session_data'].map((type) => ({
  type,
  write: { ...write, capture: { id: '/id' } },
  read: { ...write, method: 'GET' as const, url: '/stories/{id}', body: null },
}));

function kept(lost: number): readonly DurabilityRecord[] {
  return DURABILITY.map(({ type }) => {
    const gone = type === 'session_data' ? lost : 0;
    const reason = gone === 0 ? 'All were read back.' : `${gone} were answered 404.`;
    return {
      type,
      acknowledged: 40,
      refused: 3,
      lost: gone,
      unknown: 0,
      rpoMs: gone === 0 ? 0 : 70_500,
      reason,
    };
  });
}

const WEAK: readonly Behaviour[] = [
  {
    kind: 'database_down',
    broken: () => answer(500, STACK, 40),
    backAfterMs: 800,
    dependencies: [{ ...DB, broken: true, open: [5, 0], refused: true, attempts: () => 4.2 }, CACHE],
    over: { broke: REFUSED, durability: kept(0) },
  },
  {
    kind: 'cache_down',
    broken: (_since, index) =>
      index % 4 === 0 ? { latencyMs: 30 } : answer(500, '{"error":"internal"}', 1_400),
    backAfterMs: 300,
    dependencies: [
      { ...CACHE, broken: true, open: [4, 0], refused: true },
      { ...DB, attempts: () => 0.2 },
    ],
    over: {
      broke: 'connections to cache (redis://127.0.0.1:6379) refused and open ones reset',
      durability: kept(4),
    },
  },
  {
    kind: 'network_latency',
    broken: () => ({ latencyMs: 1_530 }),
    dependencies: [
      { ...DB, broken: true },
      { ...CACHE, broken: true },
    ],
    over: { broke: '500.0 ms added to every answer of db and cache', durability: kept(0) },
  },
  {
    kind: 'slow_query',
    broken: () => HANGS,
    dependencies: [{ ...DB, broken: true, open: [5, 10], attempts: () => 0.2 }, CACHE],
    over: { broke: 'answers of db (psql://127.0.0.1:5432) delayed by 10,000 ms', durability: kept(0) },
  },
  {
    kind: 'memory_pressure',
    broken: (since) =>
      since < 3_000 ? { latencyMs: 60 } : { outcome: 'refused', status: null, latencyMs: 1 },
    backAfterMs: 20_000,
    healthWhenBroken: null,
    vitals: (_at, isBroken) => (isBroken ? { targetBytes: 118_000_000, machineMemoryShare: 0.43 } : {}),
    over: {
      broke: 'the memory of the service limited to 120.0 MB',
      unexpectedEnds: [{ atMs: 8_000, code: null, signal: 'SIGKILL', outOfMemory: true }],
      durability: kept(0),
    },
  },
  {
    kind: 'cpu_saturation',
    broken: (since) => ({ latencyMs: 300 + since / 3 }),
    vitals: (_at, isBroken) => (isBroken ? { targetCores: 0.1, machineCpuShare: 0.6 } : {}),
    over: { broke: 'the service left 10 % of the time to run', durability: kept(0) },
  },
  {
    kind: 'application_crash',
    broken: () => ({ outcome: 'refused', status: null, latencyMs: 1 }),
    backAfterMs: 6_200,
    healthWhenBroken: null,
    over: { broke: 'all processes of the service killed', durability: kept(0) },
  },
];

const HARDENED: readonly Behaviour[] = [
  {
    kind: 'database_down',
    broken: (_since, index) => (index % 4 === 0 ? answer(503, SORRY, 4) : { latencyMs: 9 }),
    backAfterMs: 200,
    healthWhenBroken: 503,
    dependencies: [
      { ...DB, broken: true, open: [5, 0], refused: true, attempts: (since) => (since < 500 ? 0.5 : 0.05) },
      CACHE,
    ],
    over: { broke: REFUSED, durability: kept(0) },
  },
  {
    kind: 'cache_down',
    broken: () => ({ latencyMs: 24 }),
    dependencies: [
      { ...CACHE, broken: true, open: [4, 0], refused: true, attempts: () => 0.1 },
      { ...DB, attempts: () => 1.2 },
    ],
    over: {
      broke: 'connections to cache (redis://127.0.0.1:6379) refused and open ones reset',
      durability: kept(0),
    },
  },
  {
    kind: 'network_latency',
    broken: () => ({ latencyMs: 530 }),
    dependencies: [
      { ...DB, broken: true },
      { ...CACHE, broken: true },
    ],
    over: { broke: '500.0 ms added to every answer of db and cache', durability: kept(0) },
  },
  {
    kind: 'slow_query',
    broken: (since, index) =>
      index % 4 === 0 ? answer(503, SORRY, since < 1_000 ? 800 : 5) : { latencyMs: 9 },
    healthWhenBroken: 503,
    dependencies: [
      { ...DB, broken: true, open: [5, 8], attempts: (since) => (since < 1_000 ? 0.5 : 0.05) },
      CACHE,
    ],
    over: { broke: 'answers of db (psql://127.0.0.1:5432) delayed by 10,000 ms', durability: kept(0) },
  },
  {
    kind: 'memory_pressure',
    broken: () => ({ latencyMs: 15 }),
    vitals: (_at, isBroken) => (isBroken ? { targetBytes: 96_000_000, machineMemoryShare: 0.41 } : {}),
    over: { broke: 'the memory of the service limited to 120.0 MB', durability: kept(0) },
  },
  {
    kind: 'cpu_saturation',
    broken: () => ({ latencyMs: 90 }),
    vitals: (_at, isBroken) => (isBroken ? { targetCores: 0.1, machineCpuShare: 0.6 } : {}),
    over: { broke: 'the service left 10 % of the time to run', durability: kept(0) },
  },
  {
    kind: 'application_crash',
    broken: () => ({ outcome: 'refused', status: null, latencyMs: 1 }),
    backAfterMs: 700,
    healthWhenBroken: null,
    over: { broke: 'all processes of the service killed', durability: kept(0) },
  },
];
