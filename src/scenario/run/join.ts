import type { DependencyTraffic, Exchange, Phase, Sample } from '../../types-run.ts';
import { responseTimeMs } from '../verdict/failure.ts';
import { traceIdOf } from './placeholders.ts';

/** A sample with its times on the clock. */
export interface TimedSample {
  readonly sample: Sample;
  readonly sentAtMs: number;
  /** When it ended, or was given up. */
  readonly endedAtMs: number;
  readonly traceId: string;
}

export type JoinedBy = DependencyTraffic['joinedBy'];

/** An exchange at a dependency, and the request that caused it as far as is known. */
export interface DependencyEntry {
  readonly exchange: Exchange;
  readonly phase: Phase | null;
  readonly sequence: number | null;
  readonly joinedBy: JoinedBy;
}

export interface Joined {
  readonly samples: readonly Sample[];
  readonly dependencies: readonly DependencyEntry[];
}

/** Our clock and the proxy's are one, but each looks at it a little before or after the bytes move. */
const SLACK_MS = 5;

/**
 * Joins requests with what the proxies recorded: at the edge by the number that the request carried; at
 * dependencies by trace id, else where only one request was in flight, else not at all.
 */
export function joinExchanges(
  timed: readonly TimedSample[],
  edge: readonly Exchange[],
  dependencies: readonly Exchange[],
): Joined {
  const edges = joinEdge(timed, edge);
  const byTrace = new Map(timed.map((each, index) => [each.traceId, index]));
  const flights = indexFlights(timed);
  const own = timed.map((): Exchange[] => []);
  const entries = dependencies.map((exchange): DependencyEntry => {
    const traceId = traceIdOf(exchange.traceparent);
    const traced = traceId === null ? undefined : byTrace.get(traceId);
    const index = traced ?? flights.only(exchange.startedAtMs);
    const sample = index === null ? undefined : timed[index]?.sample;
    if (index === null || sample === undefined)
      return { exchange, phase: null, sequence: null, joinedBy: 'item' };
    own[index]?.push(exchange);
    const joinedBy = traced === undefined ? 'single-in-flight' : 'traceparent';
    return { exchange, phase: sample.phase, sequence: sample.sequence, joinedBy };
  });
  return {
    dependencies: entries,
    samples: timed.map(({ sample }, index) => ({
      ...sample,
      exchange: edges[index] ?? sample.exchange,
      dependencyExchanges: own[index] ?? [],
    })),
  };
}

function joinEdge(timed: readonly TimedSample[], exchanges: readonly Exchange[]): (Exchange | null)[] {
  const byNumber = new Map<number, number[]>();
  for (const [index, { sample }] of timed.entries()) {
    byNumber.set(sample.sequence, [...(byNumber.get(sample.sequence) ?? []), index]);
  }
  const joined: (Exchange | null)[] = timed.map(() => null);
  const left: Exchange[] = [];
  for (const exchange of exchanges) {
    // The phases number their requests anew: the time tells them apart.
    const index = byNumber
      .get(exchange.number)
      ?.find((each) => joined[each] === null && wasUnderWay(timed[each], exchange.startedAtMs));
    if (exchange.method === null) left.push(exchange);
    else if (index !== undefined) joined[index] = exchange;
  }
  joinByTime(timed, joined, left);
  return joined;
}

/** A connection that was refused or reset before the request was read carries no number: its time has to do. */
function joinByTime(
  timed: readonly TimedSample[],
  joined: (Exchange | null)[],
  left: readonly Exchange[],
): void {
  const open = [...timed.keys()]
    .filter((index) => joined[index] === null && timed[index]?.sample.outcome !== 'answered')
    .sort((a, b) => (timed[a]?.sentAtMs ?? 0) - (timed[b]?.sentAtMs ?? 0));
  const acted = left.filter(({ hits }) => hits.length > 0);
  let next = 0;
  for (const exchange of acted.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    while (next < open.length && (timed[open[next] ?? 0]?.endedAtMs ?? 0) + SLACK_MS < exchange.startedAtMs)
      next += 1;
    const index = open[next];
    if (index === undefined) return;
    if (!wasUnderWay(timed[index], exchange.startedAtMs)) continue;
    joined[index] = exchange;
    next += 1;
  }
}

function wasUnderWay(timed: TimedSample | undefined, atMs: number): boolean {
  return timed !== undefined && timed.sentAtMs - SLACK_MS <= atMs && atMs <= timed.endedAtMs + SLACK_MS;
}

/** Answers which request was in flight at a time when there was exactly one. */
function indexFlights(timed: readonly TimedSample[]): { only(atMs: number): number | null } {
  // What the target still does for a request that we gave up is not known, so it stays in flight.
  const ends = timed.map((each) =>
    responseTimeMs(each.sample) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : each.endedAtMs,
  );
  const starts = accumulate(timed.map(({ sentAtMs }, index) => ({ atMs: sentAtMs, index })));
  const stops = accumulate(ends.map((atMs, index) => ({ atMs, index })));
  return {
    only(atMs) {
      const started = sumUntil(starts, atMs);
      const stopped = sumUntil(stops, atMs - Number.EPSILON);
      return started.count - stopped.count === 1 ? started.sum - stopped.sum : null;
    },
  };
}

interface Step {
  readonly atMs: number;
  readonly count: number;
  readonly sum: number;
}

/** Running count and sum of indexes over time: with one request in flight, the sums differ by its index. */
function accumulate(events: readonly { readonly atMs: number; readonly index: number }[]): readonly Step[] {
  let [count, sum] = [0, 0];
  return events
    .toSorted((left, right) => (left.atMs === right.atMs ? 0 : left.atMs - right.atMs))
    .map(({ atMs, index }) => {
      count += 1;
      sum += index;
      return { atMs, count, sum };
    });
}

function sumUntil(steps: readonly Step[], atMs: number): { readonly count: number; readonly sum: number } {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1] ?? { count: 0, sum: 0 };
}
