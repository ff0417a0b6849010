import type { Cause, Exchange, Sample } from '../../types-run.ts';

/** What a request without faults needs, and how long it may take: by it a time-out is put down to the fault or not. */
export interface FailureContext {
  /** Longest response time seen without faults; 0 when none was measured. */
  readonly baselineMaxMs: number;
  readonly timeoutMs: number;
}

/** Response time for judging: a request without an answer took forever. */
export function responseTimeMs(sample: Sample): number {
  return sample.outcome === 'answered' ? sample.latencyMs : Number.POSITIVE_INFINITY;
}

/** Whether it was sent and came to an end; those given up by a cancelled run say nothing. */
export function isMeasured(sample: Sample): boolean {
  return sample.outcome !== 'aborted';
}

/** What counts as a failed request, beside one without an answer. */
export interface FailureRule {
  /** A hollow success is what was promised, and no failure. */
  readonly degradable?: boolean | undefined;
  /** Answers such as `429` or `4XX` that fail; absent: `5XX`. */
  readonly errorStatuses?: readonly string[] | undefined;
}

/** Failed: no answer, a 5xx, or a hollow success. */
export function isFailed(sample: Sample): boolean {
  return failsBy({})(sample);
}

/** Gives the test whether a request failed by a rule. */
export function failsBy({ degradable = false, errorStatuses }: FailureRule): (sample: Sample) => boolean {
  const listed = errorStatuses?.map((status) => status.toUpperCase());
  return (sample) => {
    if (sample.outcome !== 'answered' || (isHollow(sample) && !degradable)) return true;
    const { status } = sample;
    if (listed === undefined || status === null) return (status ?? 0) >= 500;
    return listed.includes(String(status)) || listed.includes(`${Math.trunc(status / 100)}XX`);
  };
}

/** A 2xx all of whose dependency exchanges failed: it claims a success that it cannot have had. */
export function isHollow(sample: Sample): boolean {
  const { outcome, status, dependencyExchanges } = sample;
  const claimed = outcome === 'answered' && status !== null && status >= 200 && status < 300;
  const calls = dependencyExchanges.filter((exchange) => !isFarewell(exchange));
  return claimed && calls.length > 0 && calls.every(exchangeFailed);
}

/**
 * What a client says to a database before it closes a connection that it needs no more, as pools do with idle ones:
 * nobody answers that (Terminate of PostgreSQL, COM_QUIT of MySQL).
 */
function isFarewell({ method, outcome, hits, responseBytes }: Exchange): boolean {
  return method === null && outcome === 'client_gone' && hits.length === 0 && responseBytes === 0;
}

/** Whether a fault acted on the request, at the edge or at a dependency. */
export function isHit(sample: Sample): boolean {
  return (
    (sample.exchange?.hits.length ?? 0) > 0 ||
    sample.dependencyExchanges.some((exchange) => exchange.hits.length > 0)
  );
}

/**
 * Delay that faults put into the request in ms, `null` where it never ended. What a dependency's fault delays
 * counts once, by its longest exchange: an application that waits for it three times amplifies it by three.
 */
export function injectedMs(sample: Sample): number | null {
  const edge = sample.exchange === null ? 0 : sample.exchange.injectedMs;
  const delays = sample.dependencyExchanges.map((exchange) => exchange.injectedMs);
  if (edge === null || delays.includes(null)) return null;
  return edge + Math.max(0, ...delays.map((delay) => delay ?? 0));
}

/**
 * Whose failure it is. Only a fault at the edge can explain one: how the target answers when its dependency
 * fails is the target's own doing.
 */
export function causeOf(sample: Sample, context: FailureContext): Cause {
  const edge = sample.exchange;
  if (edge === null || edge.hits.length === 0) return 'target';
  if (sample.outcome === 'answered')
    return edge.hits.some((hit) => hit.status !== null) ? 'injected' : 'target';
  if (sample.outcome === 'timeout') return explainsTimeout(edge, context) ? 'injected' : 'target';
  const hanging = edge.hits.some((hit) => hit.delayMs === null);
  return hanging || edge.outcome === 'injected' || edge.outcome === 'cut' ? 'injected' : 'target';
}

function exchangeFailed(exchange: Exchange): boolean {
  const answered =
    exchange.outcome === 'complete' || (exchange.outcome === 'injected' && exchange.status !== null);
  return !answered || (exchange.status ?? 0) >= 500;
}

/** How the exchange went on after we had given up says nothing: only what held it until then counts. */
function explainsTimeout(edge: Exchange, { baselineMaxMs, timeoutMs }: FailureContext): boolean {
  if (edge.hits.some((hit) => hit.delayMs === null)) return true;
  return Math.max(edge.injectedMs ?? 0, sumDelays(edge)) + baselineMaxMs >= timeoutMs;
}

function sumDelays(exchange: Exchange): number {
  return exchange.hits.reduce((sum, hit) => sum + (hit.delayMs ?? 0), 0);
}
