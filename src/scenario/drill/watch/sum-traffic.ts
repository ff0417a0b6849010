import type { TrafficPoint } from '../../../types-watch.ts';

/** What passed through a dependency's proxy in one span of a drill. */
export interface TrafficSum {
  /** Connections that the service opened, those that were refused included. */
  readonly connections: number;
  /** Most that were open at one look; `null`: there was none. */
  readonly openMax: number | null;
  readonly exchanges: number;
  readonly failedExchanges: number;
}

/** How often the service turned to a dependency for each request of its users. */
export interface TrafficRatio {
  /** Exchanges per request: above that of the baseline, the service tries again. */
  readonly attemptsPerRequest: number;
  readonly connectionsPerRequest: number;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Sums up what was seen from `startMs` to `endMs` of the drill, counted from the looks nearest before each. */
export function sumTraffic(points: readonly TrafficPoint[], { startMs, endMs }: Span): TrafficSum {
  const first = lastUpTo(points, startMs);
  const last = lastUpTo(points, endMs);
  const open = points
    .filter(({ atMs }) => atMs >= startMs && atMs < endMs)
    .map(({ openConnections }) => openConnections);
  const passed = (field: 'connections' | 'exchanges' | 'failedExchanges') =>
    (last?.[field] ?? 0) - (first?.[field] ?? 0);
  return {
    connections: passed('connections'),
    openMax: open.length === 0 ? null : Math.max(...open),
    exchanges: passed('exchanges'),
    failedExchanges: passed('failedExchanges'),
  };
}

/** Divides by the `requests` of the users in the same span; `null`: there were none. */
export function perRequest({ exchanges, connections }: TrafficSum, requests: number): TrafficRatio | null {
  if (requests <= 0) return null;
  return { attemptsPerRequest: exchanges / requests, connectionsPerRequest: connections / requests };
}

/**
 * Gives the ms from the end of the failure until as many connections were open as at the median look before it;
 * `null`: they did not come back, or there were none before.
 */
export function connectionsBackAfterMs(
  points: readonly TrafficPoint[],
  { failureAtMs, failureEndMs }: { readonly failureAtMs: number; readonly failureEndMs: number },
): number | null {
  const before = points
    .filter(({ atMs }) => atMs < failureAtMs)
    .map(({ openConnections }) => openConnections)
    .toSorted((a, b) => a - b);
  const usual = before[Math.floor(before.length / 2)] ?? 0;
  if (usual === 0) return null;
  const back = points.find(({ atMs, openConnections }) => atMs >= failureEndMs && openConnections >= usual);
  return back === undefined ? null : back.atMs - failureEndMs;
}

function lastUpTo(points: readonly TrafficPoint[], ms: number): TrafficPoint | undefined {
  return points.findLast(({ atMs }) => atMs <= ms);
}
