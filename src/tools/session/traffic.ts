import { explainFailure } from '../../proxy/dial-failure.ts';
import { summarizeLatency } from '../../scenario/verdict/percentile.ts';
import type { JsonValue } from '../../types.ts';
import type { ProxyTraffic } from '../../types-proxy.ts';
import { showBytes, showMs } from '../../units.ts';

/** What passed a proxy, in one line for people. */
export function describeTraffic(traffic: ProxyTraffic): string {
  const { connections, exchanges, hits, requestBytes, responseBytes } = traffic;
  const parts = [
    `${connections} connections`,
    `${exchanges} exchanges`,
    `${hits} hits`,
    `${showBytes(requestBytes)} up`,
    `${showBytes(responseBytes)} down`,
  ];
  if (traffic.answeredMs.length > 0) parts.push(`answered in ${showPercentiles(traffic.answeredMs)}`);
  if (traffic.addedMs.length > 0) parts.push(`of which faults added ${showPercentiles(traffic.addedMs)}`);
  const why = explainUnreached(traffic);
  if (why !== null) parts.push(why);
  return parts.join(', ');
}

/** How often and why an upstream was not reached; `null`: it always was. On raw TCP a client sees a reset only. */
export function explainUnreached({ unreached, unreachedReason }: ProxyTraffic): string | null {
  if (unreached === 0 || unreachedReason === null) return null;
  const times = unreached === 1 ? 'once' : `${unreached} times`;
  return `upstream not reached ${times}: ${explainFailure(unreachedReason)}`;
}

/** `p50 / p95 / p99` of times, – for what so few do not support. */
export function showPercentiles(valuesMs: readonly number[]): string {
  const { p50Ms, p95Ms, p99Ms } = summarizeLatency(valuesMs);
  return [p50Ms, p95Ms, p99Ms].map(showMs).join(' / ');
}

/** The same as JSON, with percentiles in place of single times. */
export function toTrafficFacts({ answeredMs, addedMs, ...counts }: ProxyTraffic): Record<string, JsonValue> {
  return { ...counts, answered: summarize(answeredMs), added: summarize(addedMs) };
}

function summarize(valuesMs: readonly number[]): Record<string, JsonValue> {
  const { count, p50Ms, p95Ms, p99Ms, maxMs } = summarizeLatency(valuesMs);
  return { count, p50_ms: p50Ms, p95_ms: p95Ms, p99_ms: p99Ms, max_ms: maxMs };
}
