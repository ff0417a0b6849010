import { type Clock, sleep } from '../../clock.ts';
import type { DependencyTraffic, Exchange, Phase, Sample } from '../../types-run.ts';
import { maxOf } from '../verdict/percentile.ts';
import { type DependencyEntry, joinExchanges, type TimedSample } from './join.ts';
import { drawTraceparent, traceIdOf } from './placeholders.ts';
import type { RunProxy } from './proxies.ts';

/** What was measured of one item. */
export interface Measurement {
  readonly samples: readonly Sample[];
  /** Exchanges of the faulted phase at the proxies on which the faults were. */
  readonly acted: readonly Exchange[];
  readonly unjoined: readonly Exchange[];
  readonly dependencies: readonly DependencyTraffic[];
  readonly entries: readonly DependencyEntry[];
  /** Records that a proxy could not keep. */
  readonly dropped: number;
  /** Calls to a shared dependency that failed, and that may be this item's or another's beside it. */
  readonly failedBeside: number;
}

export interface CollectorDeps {
  readonly itemKey: string;
  readonly seed: number;
  readonly edge: RunProxy | null;
  readonly dependencies: readonly RunProxy[];
  /** Those of the proxies, edge included, on which the faults are. */
  readonly acting: readonly RunProxy[];
  readonly clock: Clock;
  readonly appendSamples: (samples: readonly Sample[]) => Promise<void>;
}

/** Gathers samples and exchanges of one item, and hands samples on to be stored while it runs. */
export interface Collector {
  /** Times of the phase's samples count from `epochMs`, or from what was said first, which it gives back. */
  startPhase(phase: Phase, epochMs: number): number;
  addSamples(samples: readonly Sample[]): void;
  /** Bytes of the largest answer so far at the proxies on which the faults are, heads included; `null`: there was none. */
  largestAnswerBytes(): Promise<number | null>;
  /** Takes what the proxies recorded since, and stores samples that are complete or have waited long enough. */
  poll(): Promise<void>;
  /** Waits a little for records still on their way, joins and stores the rest. */
  finish(): Promise<Measurement>;
}

/** A sample is stored at the latest this long after it ended, with the exchanges known by then. */
const HOLD_MS = 1_000;
const GRACE_MS = 400;
const GRACE_STEP_MS = 20;

/** Opens the books of one item. */
export function openCollector(deps: CollectorDeps): Collector {
  const epochs = new Map<Phase, number>();
  const timed: TimedSample[] = [];
  const edge: Exchange[] = [];
  const others: Exchange[] = [];
  const beside: Exchange[] = [];
  /** What came after an exchange had been recorded: faults may have acted there, but no request is behind it. */
  const continued: Exchange[] = [];
  let dropped = 0;
  let stored = 0;
  const take = async (proxy: RunProxy, into: Exchange[], unfinished: boolean) => {
    const taken = await proxy.takeExchanges({ unfinished });
    for (const exchange of taken.exchanges) (exchange.continues ? continued : into).push(exchange);
    for (const exchange of taken.beside ?? []) if (!exchange.continues) beside.push(exchange);
    dropped += taken.dropped;
  };
  const takeAll = async (unfinished = false) => {
    if (deps.edge !== null) await take(deps.edge, edge, unfinished);
    for (const proxy of deps.dependencies) await take(proxy, others, unfinished);
  };
  const storeUntil = async (until: number) => {
    if (until <= stored) return;
    const part = timed.slice(stored, until);
    // Who was alone in flight is known at the end only; the trace id is certain at once.
    const traced = pickTraced([...others, ...beside], part);
    stored = until;
    await deps.appendSamples(joinExchanges(part, edge, traced).samples);
  };
  const isSettled = () => {
    const wanted = deps.edge === null ? 0 : timed.filter(({ sample }) => sample.outcome !== 'aborted').length;
    return edge.length >= wanted;
  };
  return {
    startPhase(phase, epochMs) {
      const first = epochs.get(phase) ?? epochMs;
      epochs.set(phase, first);
      return first;
    },
    addSamples(samples) {
      for (const sample of samples) {
        const epochMs = epochs.get(sample.phase) ?? 0;
        const { phase, sequence } = sample;
        const key = { seed: deps.seed, itemKey: deps.itemKey, phase, sequence, number: 0 };
        timed.push({
          sample,
          sentAtMs: epochMs + sample.sentMs,
          endedAtMs: epochMs + sample.dueMs + sample.latencyMs,
          traceId: traceIdOf(drawTraceparent(key)) ?? '',
        });
      }
    },
    async largestAnswerBytes() {
      const names = new Set(deps.acting.map((proxy) => proxy.spec.name));
      const list = () => [...edge, ...others].filter(({ proxy }) => names.has(proxy));
      await takeAll();
      for (let waited = 0; waited < GRACE_MS && list().length === 0; waited += GRACE_STEP_MS) {
        await sleep(deps.clock, GRACE_STEP_MS);
        await takeAll();
      }
      return maxOf(list().map(({ responseBytes }) => responseBytes));
    },
    async poll() {
      await takeAll();
      const before = deps.clock.now() - HOLD_MS;
      let until = stored;
      while (until < timed.length && (timed[until]?.endedAtMs ?? before) < before) until += 1;
      await storeUntil(until);
    },
    async finish() {
      await takeAll();
      for (let waited = 0; waited < GRACE_MS && !isSettled(); waited += GRACE_STEP_MS) {
        await sleep(deps.clock, GRACE_STEP_MS);
        await takeAll();
      }
      // What hangs for ever, at a black hole or in a retry, ends with the item.
      await takeAll(true);
      for (const exchange of pickTraced(beside, timed)) others.push(exchange);
      const joined = joinExchanges(timed, edge, others);
      await deps.appendSamples(joined.samples.slice(stored));
      stored = timed.length;
      const faultedFromMs = epochs.get('faulted') ?? Number.POSITIVE_INFINITY;
      const names = new Set(deps.acting.map((proxy) => proxy.spec.name));
      const isActed = ({ proxy, startedAtMs }: Exchange) => names.has(proxy) && startedAtMs >= faultedFromMs;
      const entries = joined.dependencies.filter(({ exchange }) => exchange.startedAtMs >= faultedFromMs);
      return {
        samples: joined.samples,
        acted: [...edge, ...others, ...continued].filter(isActed),
        unjoined: entries
          .filter(({ joinedBy, exchange }) => joinedBy === 'item' && names.has(exchange.proxy))
          .map(({ exchange }) => exchange),
        dependencies: sumDependencies(deps.dependencies, entries, joined.samples),
        entries: joined.dependencies,
        dropped,
        failedBeside: beside.filter(isUnclaimedFailure).length,
      };
    },
  };
}

function pickTraced(exchanges: readonly Exchange[], timed: readonly TimedSample[]): readonly Exchange[] {
  if (exchanges.length === 0) return [];
  const ids = new Set(timed.map(({ traceId }) => traceId));
  return exchanges.filter(({ traceparent }) => ids.has(traceIdOf(traceparent) ?? ''));
}

function isUnclaimedFailure({ traceparent, outcome, status }: Exchange): boolean {
  return traceparent === null && (outcome !== 'complete' || (status ?? 0) >= 500);
}

/** A proxy that was opened for the item is known to nobody by its name: what it stands before says more. */
function nameDependency({ name, upstream }: RunProxy['spec']): string {
  return /^item-\d+:/.test(name) ? `${upstream.host}:${upstream.port}` : name;
}

function sumDependencies(
  proxies: readonly RunProxy[],
  entries: readonly DependencyEntry[],
  samples: readonly Sample[],
): readonly DependencyTraffic[] {
  const requests = samples.filter(({ phase }) => phase === 'faulted').length;
  return proxies.map(({ spec }) => {
    const own = entries.filter(({ exchange }) => exchange.proxy === spec.name);
    const ways = new Set(own.map(({ joinedBy }) => joinedBy));
    return {
      proxy: nameDependency(spec),
      exchanges: own.length,
      hits: own.filter(({ exchange }) => exchange.hits.length > 0).length,
      perRequest: requests === 0 ? null : own.length / requests,
      joinedBy: ways.has('item') ? 'item' : ways.has('single-in-flight') ? 'single-in-flight' : 'traceparent',
    };
  });
}
