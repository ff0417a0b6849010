import type { Cause, Exchange, Sample } from '../../types-run.ts';
import { percentile, sortValues } from './percentile.ts';

/** What faults at dependencies delayed in an item, and whether it is known which request waited for it. */
export interface ItemDelays {
  /** Nearly every exchange that a fault acted on belongs to a request for certain. */
  readonly joined: boolean;
  /** Exchanges that a fault acted on. */
  readonly count: number;
  /** Delay of each of them that came to an end. */
  readonly delaysMs: readonly number[];
  /** Of them, for each request of the item. */
  readonly perRequest: number;
}

/** Below this share of joined exchanges the requests' own figures leave out what counts. */
const JOINED_SHARE = 0.95;
/** The proxy notes the end of an answer a little after the application has it. */
const SLACK_MS = 5;

/** Gathers what faults at dependencies delayed, joined to a request or not. */
export function gatherDelays(faulted: readonly Sample[], unjoined: readonly Exchange[]): ItemDelays {
  const own = faulted.flatMap(({ dependencyExchanges }) => dependencyExchanges).filter(wasHit);
  const all = [...own, ...unjoined.filter(wasHit)];
  return {
    joined: own.length >= all.length * JOINED_SHARE,
    count: all.length,
    delaysMs: all.flatMap(({ injectedMs }) => injectedMs ?? []),
    perRequest: faulted.length === 0 ? 0 : all.length / faulted.length,
  };
}

/**
 * All the delay that the request can have waited for: the edge's, and of the dependencies' the heaviest chain of
 * exchanges that followed one another. `null` where one never ended.
 */
export function paidMs({ exchange, dependencyExchanges }: Sample): number | null {
  const edge = exchange === null ? 0 : exchange.injectedMs;
  if (edge === null || dependencyExchanges.some(({ injectedMs }) => injectedMs === null)) return null;
  const ended = dependencyExchanges.toSorted((left, right) => left.endedAtMs - right.endedAtMs);
  const chains: number[] = [];
  for (const [index, { startedAtMs, injectedMs }] of ended.entries()) {
    const before = chains.filter(
      (_chain, other) => other < index && (ended[other]?.endedAtMs ?? 0) <= startedAtMs + SLACK_MS,
    );
    chains.push((injectedMs ?? 0) + Math.max(0, ...before));
  }
  return edge + Math.max(0, ...chains);
}

/**
 * Who made the requests slow, told by whether they still miss without what was injected. Where delays cannot be
 * put down to requests, the slowest are taken to have had them; `null` where all could have had the longest.
 */
export function slowCause(
  samples: readonly Sample[],
  delays: ItemDelays,
  misses: (timesMs: readonly number[]) => boolean,
): Cause | null {
  if (samples.length === 0) return 'injected';
  if (delays.joined) {
    return misses(samples.map((sample) => timeOf(sample) - (paidMs(sample) ?? 0))) ? 'target' : 'injected';
  }
  const calls = Math.max(1, delays.perRequest);
  const sorted = sortValues(delays.delaysMs);
  const typicalMs = sorted.length === 0 ? 0 : calls * percentile(sorted, 50);
  const mostMs = Math.ceil(calls) * (sorted.at(-1) ?? 0);
  const slowest = samples
    .map((sample) => timeOf(sample) - (sample.exchange?.injectedMs ?? 0))
    .toSorted((left, right) => (left === right ? 0 : right - left));
  if (!misses(slowest.map((time, place) => (place < delays.count ? time - typicalMs : time))))
    return 'injected';
  return misses(slowest.map((time) => time - mostMs)) ? 'target' : null;
}

function timeOf({ outcome, latencyMs }: Sample): number {
  return outcome === 'answered' ? latencyMs : Number.POSITIVE_INFINITY;
}

function wasHit({ hits }: Exchange): boolean {
  return hits.length > 0;
}
