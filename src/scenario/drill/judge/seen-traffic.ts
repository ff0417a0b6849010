import type { DrillPhase } from '../../../types-drill.ts';
import type { DependencyRecord, DependencyVoice, TrafficPoint } from '../../../types-watch.ts';
import type { Span } from '../phases.ts';
import { medianOf } from './figures.ts';

/** So much of the usual number of connections counts as the pool being back. */
const BACK = 0.9;

/** What one phase brought to the proxy of a dependency. */
export interface PhaseTraffic {
  /** Open connections at the median look, and at most; `null`: there was no look. */
  readonly usualOpen: number | null;
  readonly mostOpen: number | null;
  /** Connections or exchanges that began, whichever are more: an attempt that is refused is a connection only. */
  readonly attempts: number;
  readonly attemptsPerRequest: number | null;
  readonly exchangesPerSecond: number;
}

/** What was seen of one dependency. */
export interface DependencySeen {
  readonly name: string;
  readonly upstream: string;
  readonly broken: boolean;
  readonly unasked: string | null;
  readonly phases: Readonly<Record<DrillPhase, PhaseTraffic>>;
  /** Attempts for each request in the second half of the failure. */
  readonly lateAttemptsPerRequest: number | null;
  /** ms from the end of the failure until as many connections were open as before; `null`: never again. */
  readonly poolBackAfterMs: number | null;
  readonly postgres: Readonly<Record<DrillPhase, PostgresSeen>> | null;
  readonly redis: Readonly<Record<DrillPhase, RedisSeen>> | null;
}

/** What PostgreSQL said in one phase; `null`: it said nothing then. */
export interface PostgresSeen {
  readonly mostSessions: number | null;
  readonly mostActive: number | null;
  readonly mostIdleInTransaction: number | null;
  readonly maxConnections: number | null;
  readonly transactionsPerSecond: number | null;
}

/** What Redis said in one phase. */
export interface RedisSeen {
  readonly lookups: number | null;
  /** 0 to 1; `null`: there was no lookup, or it could not be asked. */
  readonly hitRate: number | null;
}

/** Requests due in a span of the drill. */
export type CountRequests = (span: Span) => number;

/** Sums up what was seen of a dependency by phase. */
export function seeDependency(
  record: DependencyRecord,
  spans: Readonly<Record<DrillPhase, Span>>,
  failureEndMs: number | null,
  countRequests: CountRequests,
): DependencySeen {
  const { traffic, voices } = record;
  const { baseline, failure } = spans;
  const phases = byPhase(spans, (span) => sumTraffic(traffic, span, countRequests));
  const late = { startMs: (failure.startMs + failure.endMs) / 2, endMs: failure.endMs };
  const usual = phases.baseline.usualOpen ?? 0;
  const back =
    failureEndMs === null
      ? undefined
      : traffic.find(({ atMs, openConnections }) => atMs >= failureEndMs && openConnections >= usual * BACK);
  const postgres = voices.filter((voice) => voice.kind === 'postgres');
  const redis = voices.filter((voice) => voice.kind === 'redis');
  return {
    name: record.name,
    upstream: record.upstream,
    broken: record.broken,
    unasked: record.unasked,
    phases,
    lateAttemptsPerRequest:
      baseline.endMs === 0 ? null : sumTraffic(traffic, late, countRequests).attemptsPerRequest,
    poolBackAfterMs: back === undefined || failureEndMs === null ? null : back.atMs - failureEndMs,
    postgres: postgres.length === 0 ? null : byPhase(spans, (span) => hearPostgres(postgres, span)),
    redis: redis.length === 0 ? null : byPhase(spans, (span) => hearRedis(redis, span)),
  };
}

function byPhase<Seen>(
  spans: Readonly<Record<DrillPhase, Span>>,
  see: (span: Span) => Seen,
): Readonly<Record<DrillPhase, Seen>> {
  return { baseline: see(spans.baseline), failure: see(spans.failure), recovery: see(spans.recovery) };
}

function sumTraffic(
  traffic: readonly TrafficPoint[],
  span: Span,
  countRequests: CountRequests,
): PhaseTraffic {
  const open = within(traffic, span).map(({ openConnections }) => openConnections);
  const grown = growthOf(traffic, span);
  const exchanges = grown?.of((point) => point.exchanges) ?? 0;
  const attempts = Math.max(grown?.of((point) => point.connections) ?? 0, exchanges);
  const requests = grown === null ? 0 : countRequests(grown.span);
  return {
    usualOpen: medianOf(open),
    mostOpen: open.length === 0 ? null : Math.max(...open),
    attempts,
    attemptsPerRequest: requests === 0 ? null : attempts / requests,
    exchangesPerSecond: grown === null ? 0 : exchanges / secondsOf(grown.span),
  };
}

function hearPostgres(voices: readonly (DependencyVoice & { kind: 'postgres' })[], span: Span): PostgresSeen {
  const heard = within(voices, span);
  const most = (pick: (voice: (typeof heard)[number]) => number) =>
    heard.length === 0 ? null : Math.max(...heard.map(pick));
  const grown = growthOf(voices, span);
  return {
    mostSessions: most((voice) => voice.sessions),
    mostActive: most((voice) => voice.active),
    mostIdleInTransaction: most((voice) => voice.idleInTransaction),
    maxConnections: most((voice) => voice.maxConnections),
    transactionsPerSecond:
      grown === null ? null : grown.of((voice) => voice.transactions) / secondsOf(grown.span),
  };
}

function hearRedis(voices: readonly (DependencyVoice & { kind: 'redis' })[], span: Span): RedisSeen {
  const grown = growthOf(voices, span);
  if (grown === null) return { lookups: null, hitRate: null };
  const hits = grown.of((voice) => voice.hits);
  const lookups = hits + grown.of((voice) => voice.misses);
  return { lookups, hitRate: lookups === 0 ? null : hits / lookups };
}

/**
 * By how much counts that only grow have grown between the first and the last look within a span: what happened just
 * before the first look belongs to another phase. `null`: there were not two looks.
 */
function growthOf<Point extends { readonly atMs: number }>(
  points: readonly Point[],
  span: Span,
): { readonly span: Span; readonly of: (pick: (point: Point) => number) => number } | null {
  const looks = within(points, span);
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  return {
    span: { startMs: first.atMs, endMs: last.atMs },
    // A count that begins anew, as after a restart, has not shrunk.
    of: (pick) => Math.max(0, pick(last) - pick(first)),
  };
}

function within<Point extends { readonly atMs: number }>(
  points: readonly Point[],
  { startMs, endMs }: Span,
): readonly Point[] {
  return points.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
}

function secondsOf({ startMs, endMs }: Span): number {
  return Math.max(endMs - startMs, 1) / 1_000;
}
