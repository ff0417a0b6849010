/** Two-sided 95 % quantile of the standard normal distribution. */
const Z95 = 1.959963984540054;
/** Above this many samples the normal approximation of the binomial is closer than the report's rounding. */
const EXACT_LIMIT = 2_000;

/** 95 % interval of a share by Wilson's score (E. B. Wilson, 1927); `[0, 1]` for no trials. */
export function wilsonInterval(hits: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const share = hits / trials;
  const z2 = Z95 * Z95;
  const center = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (Z95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  return [hits === 0 ? 0 : Math.max(0, center - half), hits === trials ? 1 : Math.min(1, center + half)];
}

/**
 * Distribution-free 95 % interval of the `percent`-th percentile of ascending values, between two order
 * statistics (W. J. Conover, "Practical Nonparametric Statistics", 3.2); `null` when there are too few.
 */
export function percentileInterval(
  sorted: readonly number[],
  percent: number,
): readonly [number, number] | null {
  const count = sorted.length;
  const probability = percent / 100;
  const [lower, upper] =
    count > EXACT_LIMIT ? approximateRanks(count, probability) : exactRanks(count, probability);
  const low = sorted[lower - 1];
  const high = sorted[upper - 1];
  return low === undefined || high === undefined ? null : [low, high];
}

/** Two-sided p-value of Fisher's exact test for `hitsA` of `trialsA` against `hitsB` of `trialsB`. */
export function fisherExact(hitsA: number, trialsA: number, hitsB: number, trialsB: number): number {
  const hits = hitsA + hitsB;
  const probability = (a: number) =>
    Math.exp(logChoose(trialsA, a) + logChoose(trialsB, hits - a) - logChoose(trialsA + trialsB, hits));
  const seen = probability(hitsA);
  let sum = 0;
  for (let a = Math.max(0, hits - trialsB); a <= Math.min(hits, trialsA); a += 1) {
    const each = probability(a);
    if (each <= seen * (1 + 1e-9)) sum += each;
  }
  return Math.min(1, sum);
}

function exactRanks(count: number, probability: number): readonly [number, number] {
  let below = 0;
  let lower = 0;
  let upper = count + 1;
  for (let rank = 0; rank <= count; rank += 1) {
    // `below` is P(K <= rank), K the number of values under the true percentile.
    below += binomial(count, rank, probability);
    if (below <= 0.025) lower = rank + 1;
    if (below >= 0.975) {
      upper = rank + 1;
      break;
    }
  }
  return [lower, upper];
}

function approximateRanks(count: number, probability: number): readonly [number, number] {
  const half = Z95 * Math.sqrt(count * probability * (1 - probability));
  return [Math.floor(count * probability - half), Math.ceil(count * probability + half) + 1];
}

function binomial(count: number, hits: number, probability: number): number {
  if (probability <= 0 || probability >= 1) return hits === (probability <= 0 ? 0 : count) ? 1 : 0;
  return Math.exp(
    logChoose(count, hits) + hits * Math.log(probability) + (count - hits) * Math.log(1 - probability),
  );
}

function logChoose(count: number, hits: number): number {
  return logFactorial(count) - logFactorial(hits) - logFactorial(count - hits);
}

/** ln n!: summed below 32, Stirling's series with three terms above (error below 1e-10). */
function logFactorial(n: number): number {
  if (n < 32) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
    return sum;
  }
  return (
    n * Math.log(n) -
    n +
    Math.log(2 * Math.PI * n) / 2 +
    1 / (12 * n) -
    1 / (360 * n ** 3) +
    1 / (1260 * n ** 5)
  );
}
