import type { DependencyRecord, TrafficPoint } from '../../../../src/types-watch.ts';

/** What a dependency saw: figures while all is well, and while the service is broken. */
export interface DependencyCourse {
  readonly name: string;
  readonly upstream: string;
  readonly broken?: boolean;
  readonly open?: readonly [calm: number, broken: number];
  /** Exchanges for each request while all is well. */
  readonly perRequest?: number;
  /** Attempts for each request while it is broken; `sinceMs` counts from the first of them. */
  readonly attempts?: (sinceMs: number) => number;
  /** Attempts are refused connections rather than exchanges. */
  readonly refused?: boolean;
  readonly voice?: 'postgres' | 'redis';
  /** Share of lookups that the cache answers while all is well. */
  readonly hitRate?: number;
  readonly unasked?: string;
}

const STEP_MS = 250;

/** Lays the course of a dependency out in looks every 250 ms. */
export function recordDependency(
  course: DependencyCourse,
  every: <Point>(make: (atMs: number) => Point) => readonly Point[],
  isBroken: (atMs: number) => boolean,
  requestsPerSecond: number,
): DependencyRecord {
  const { open = [5, 5], perRequest = 1, attempts = () => perRequest, refused = false } = course;
  let [connections, exchanges, failedExchanges, sinceMs] = [open[0], 0, 0, 0];
  const traffic = every((atMs): TrafficPoint => {
    const requests = atMs === 0 ? 0 : (requestsPerSecond * STEP_MS) / 1_000;
    const now = isBroken(atMs - 1);
    const tried = requests * (now ? attempts(sinceMs) : perRequest);
    if (now) sinceMs += STEP_MS;
    if (now && refused) connections += tried;
    else exchanges += tried;
    if (now && refused) failedExchanges += tried;
    return { atMs, connections, openConnections: open[isBroken(atMs) ? 1 : 0], exchanges, failedExchanges };
  });
  return {
    name: course.name,
    upstream: course.upstream,
    broken: course.broken ?? false,
    traffic,
    voices: traffic.flatMap((point) => speak(course, point)),
    unasked: course.unasked ?? null,
  };
}

function speak(
  { voice, hitRate = 0.8 }: DependencyCourse,
  { atMs, openConnections, exchanges }: TrafficPoint,
): DependencyRecord['voices'] {
  if (voice === undefined) return [];
  if (voice === 'redis') {
    const hits = exchanges * hitRate;
    return [
      { kind: 'redis', atMs, clients: openConnections, hits, misses: exchanges - hits, usedBytes: 1_000_000 },
    ];
  }
  return [
    {
      kind: 'postgres',
      atMs,
      sessions: openConnections,
      active: Math.min(2, openConnections),
      waiting: 0,
      idleInTransaction: 0,
      maxConnections: 100,
      transactions: exchanges,
    },
  ];
}
