import type { Exchange, LatencySummary, Sample } from '../../types-run.ts';
import { injectedMs, isHit, responseTimeMs } from './failure.ts';
import { percentile, sortValues, summarizeLatency, supportedPercentile } from './percentile.ts';

/** What the faults put in, and what is left of the response time without it and without the baseline. */
export interface Residual {
  readonly injected: LatencySummary;
  readonly residualP50Ms: number | null;
  readonly residualP95Ms: number | null;
  readonly amplification: number | null;
}

/** Below this, a ratio to what was injected says nothing. */
const MIN_INJECTED_MS = 1;

/** Share of the hit exchanges at dependencies that may lack a request before single requests say too little. */
const MAX_UNJOINED = 0.1;

/**
 * Compares what was observed with what was injected, over the answered requests on which a fault acted.
 * `unjoined` are hit exchanges at dependencies that could not be put down to one request: where more than a
 * few are, medians of the whole item are compared instead, since the requests that have theirs are no fair sample.
 */
export function measureResidual(
  faulted: readonly Sample[],
  baselineMs: readonly number[],
  unjoined: readonly Exchange[],
): Residual {
  const hit = faulted.flatMap((sample) => {
    const injected = injectedMs(sample);
    return sample.outcome === 'answered' && isHit(sample) && !answeredByProxy(sample) && injected !== null
      ? [{ observed: sample.latencyMs, injected }]
      : [];
  });
  const joined = faulted.flatMap(({ dependencyExchanges }) =>
    dependencyExchanges.filter(({ hits }) => hits.length > 0),
  );
  const tooManyUnjoined = unjoined.length > MAX_UNJOINED * (joined.length + unjoined.length);
  if (hit.length === 0 || tooManyUnjoined) return measureWhole(faulted, baselineMs, [...joined, ...unjoined]);
  const injected = hit.map((each) => each.injected);
  const left = hit.map((each) => each.observed - each.injected);
  const observedP50 = quantile(
    hit.map((each) => each.observed),
    50,
  );
  return {
    injected: summarizeLatency(injected),
    residualP50Ms: subtract(quantile(left, 50), quantile(baselineMs, 50)),
    residualP95Ms: subtract(quantile(left, 95), quantile(baselineMs, 95)),
    amplification: ratio(observedP50, quantile(baselineMs, 50), quantile(injected, 50)),
  };
}

/** The target had no part in it, so its time says nothing about the target. */
function answeredByProxy({ exchange }: Sample): boolean {
  return exchange?.hits.some((hit) => hit.status !== null) ?? false;
}

function measureWhole(
  faulted: readonly Sample[],
  baselineMs: readonly number[],
  exchanges: readonly Exchange[],
): Residual {
  const delays = exchanges.flatMap((exchange) => exchange.injectedMs ?? []);
  const none = { residualP50Ms: null, residualP95Ms: null, amplification: null };
  const answered = faulted.map(responseTimeMs).filter(Number.isFinite);
  // With fewer hits than requests, most requests may have felt nothing, and the medians do not belong together.
  if (delays.length === 0 || delays.length < faulted.length || answered.length < faulted.length) {
    return { injected: summarizeLatency(delays), ...none };
  }
  const injectedP50 = quantile(delays, 50);
  const observedP50 = quantile(answered, 50);
  const baselineP50 = quantile(baselineMs, 50);
  return {
    injected: summarizeLatency(delays),
    residualP50Ms: subtract(subtract(observedP50, injectedP50), baselineP50),
    residualP95Ms: null,
    amplification: ratio(observedP50, baselineP50, injectedP50),
  };
}

function quantile(values: readonly number[], percent: number): number | null {
  const sorted = sortValues(values);
  return percent === 50 && sorted.length > 0 ? percentile(sorted, 50) : supportedPercentile(sorted, percent);
}

function subtract(left: number | null, right: number | null): number | null {
  return left === null || right === null || !Number.isFinite(left - right) ? null : left - right;
}

function ratio(observed: number | null, baseline: number | null, injected: number | null): number | null {
  const added = subtract(observed, baseline);
  return added === null || injected === null || injected < MIN_INJECTED_MS ? null : added / injected;
}
