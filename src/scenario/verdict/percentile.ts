import type { LatencySummary } from '../../types-run.ts';

/** Fewest samples from which the `percent`-th percentile can be told: one expected beyond it (p95: 20, p99: 100). */
export function minSamples(percent: number): number {
  // The median of one value is that value.
  if (percent === 50) return 1;
  const tail = Math.min(percent, 100 - percent) / 100;
  // 1 / (1 - 0.95) is 19.999…96 in floating point.
  return tail <= 0 ? 1 : Math.ceil(1 / tail - 1e-9);
}

/**
 * The `percent`-th percentile of ascending values, Hyndman–Fan type 6: position p(n + 1), clamped to the ends.
 * `Infinity` among the values is a request without an answer. NaN for no values.
 */
export function percentile(sorted: readonly number[], percent: number): number {
  const count = sorted.length;
  const position = Math.min(Math.max((percent / 100) * (count + 1), 1), count);
  const below = sorted[Math.floor(position) - 1];
  const above = sorted[Math.ceil(position) - 1];
  if (below === undefined || above === undefined) return Number.NaN;
  const share = position - Math.floor(position);
  // Infinity times zero is NaN, and so is Infinity minus itself.
  return share === 0 || below === above ? below : below + share * (above - below);
}

/** The percentile, or `null` when so few values do not support it. */
export function supportedPercentile(sorted: readonly number[], percent: number): number | null {
  return sorted.length === 0 || sorted.length < minSamples(percent) ? null : percentile(sorted, percent);
}

/** Values in ascending order, `Infinity` last. */
export function sortValues(values: readonly number[]): number[] {
  return [...values].sort((left, right) => (left === right ? 0 : left < right ? -1 : 1));
}

/** The largest value; `null` for none. (Spreading a long list into Math.max overflows the stack.) */
export function maxOf(values: readonly number[]): number | null {
  return values.reduce<number | null>((max, value) => (max === null || value > max ? value : max), null);
}

/** Sums up response times; what the count does not support is `null`. */
export function summarizeLatency(values: readonly number[]): LatencySummary {
  const sorted = sortValues(values);
  const count = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  return {
    count,
    minMs: sorted[0] ?? null,
    meanMs: count === 0 ? null : total / count,
    p25Ms: supportedPercentile(sorted, 25),
    p50Ms: supportedPercentile(sorted, 50),
    p75Ms: supportedPercentile(sorted, 75),
    p95Ms: supportedPercentile(sorted, 95),
    p99Ms: supportedPercentile(sorted, 99),
    maxMs: sorted[count - 1] ?? null,
  };
}
