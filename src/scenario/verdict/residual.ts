import type { Exchange, LatencySummary, Sample } from '../../types-run.ts';
import { gatherDelays, type ItemDelays, paidMs } from './delays.ts';
import { injectedMs, isHit, responseTimeMs } from './failure.ts';
import { percentile, sortValues, summarizeLatency, supportedPercentile } from './percentile.ts';

/** What the faults put in, and what is left of the response time without it and without the baseline. */
export interface Residual {
  readonly injected: LatencySummary;
  readonly residualP50Ms: number | null;
  readonly residualP95Ms: number | null;
  readonly amplification: number | null;
  /** Median of all the delay that a request can have waited for, each of several delayed calls counted. */
  readonly paidP50Ms: number | null;
  /** Delayed exchanges at dependencies for each request. */
  readonly delayedCallsPerRequest: number | null;
  /** Whether these figures are of requests, or of the item because calls could not be put down to requests. */
  readonly injectedOf: 'requests' | 'item';
}

/** Below this, a ratio to what was injected says nothing. */
const MIN_INJECTED_MS = 1;

/**
 * Compares what was observed with what was injected, over the answered requests on which a fault acted.
 * `unjoined` are exchanges at dependencies that could not be put down to one request: where they are more than
 * a few, requests would show only a part of it, and medians of the whole item are compared instead.
 */
export function measureResidual(
  faulted: readonly Sample[],
  baselineMs: readonly number[],
  unjoined: readonly Exchange[],
): Residual {
  const delays = gatherDelays(faulted, unjoined);
  if (!delays.joined) return measureWhole(faulted, baselineMs, delays);
  const hit = faulted.flatMap((sample) => {
    const injected = injectedMs(sample);
    return sample.outcome === 'answered' && isHit(sample) && !answeredByProxy(sample) && injected !== null
      ? [
          {
            observed: sample.latencyMs,
            injected,
            paid: paidMs(sample) ?? injected,
            calls: countDelayed(sample),
          },
        ]
      : [];
  });
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
    paidP50Ms: quantile(
      hit.map((each) => each.paid),
      50,
    ),
    delayedCallsPerRequest:
      hit.length === 0 ? null : hit.reduce((sum, { calls }) => sum + calls, 0) / hit.length,
    injectedOf: 'requests',
  };
}

/** The same figures against a baseline that was measured elsewhere; by medians, since only those are left. */
export function rebaseResidual(
  { observed, injected }: { readonly observed: LatencySummary; readonly injected: LatencySummary },
  baseline: LatencySummary,
): Pick<Residual, 'residualP50Ms' | 'residualP95Ms' | 'amplification'> {
  // Where only some were hit, the medians do not belong together.
  const whole = injected.count >= observed.count && Number.isFinite(observed.p50Ms ?? Number.NaN);
  const added = whole ? subtract(observed.p50Ms, baseline.p50Ms) : null;
  return {
    residualP50Ms: subtract(added, injected.p50Ms),
    residualP95Ms: null,
    amplification: whole ? ratio(observed.p50Ms, baseline.p50Ms, injected.p50Ms) : null,
  };
}

/** The target had no part in it, so its time says nothing about the target. */
function answeredByProxy({ exchange }: Sample): boolean {
  return exchange?.hits.some((hit) => hit.status !== null) ?? false;
}

function measureWhole(
  faulted: readonly Sample[],
  baselineMs: readonly number[],
  delays: ItemDelays,
): Residual {
  const { delaysMs, perRequest } = delays;
  const injected = summarizeLatency(delaysMs);
  const whole = { injected, delayedCallsPerRequest: perRequest, injectedOf: 'item' } as const;

  const answered = faulted.map(responseTimeMs).filter(Number.isFinite);
  // With fewer hits than requests, most requests may have felt nothing, and the medians do not belong together.
  const atEdge = faulted.some(({ exchange }) => (exchange?.hits.length ?? 0) > 0);
  if (atEdge || delaysMs.length < faulted.length || answered.length < faulted.length) {
    return { ...whole, residualP50Ms: null, residualP95Ms: null, amplification: null, paidP50Ms: null };
  }
  const injectedP50 = quantile(delaysMs, 50);
  const observedP50 = quantile(answered, 50);
  const baselineP50 = quantile(baselineMs, 50);
  return {
    ...whole,
    residualP50Ms: subtract(subtract(observedP50, injectedP50), baselineP50),
    residualP95Ms: null,
    amplification: ratio(observedP50, baselineP50, injectedP50),
    paidP50Ms: injectedP50 === null ? null : injectedP50 * perRequest,
  };
}

function countDelayed({ dependencyExchanges }: Sample): number {
  return dependencyExchanges.filter(({ hits }) => hits.length > 0).length;
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
