/** Gives P(X ≤ x). */
export type Distribution = (x: number) => number;

/** Far below what any draw in ms differs by; `F(x − ε)` is the limit from the left, also where F jumps. */
const EPSILON = 1e-9;

/**
 * Kolmogorov–Smirnov statistic of `values` against `model` over its critical value (Kolmogorov's limit): above 1
 * the model is refused, wrongly with probability `alpha`. Where the model has jumps the test is conservative.
 */
export function refusal(values: readonly number[], model: Distribution, alpha = 0.001): number {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let distance = count === 0 ? Number.POSITIVE_INFINITY : 0;
  for (let from = 0, to = 0; from < count; from = to) {
    const value = sorted[from] ?? Number.NaN;
    while (to < count && sorted[to] === value) to += 1;
    distance = Math.max(
      distance,
      Math.abs(from / count - model(value - EPSILON)),
      Math.abs(to / count - model(value)),
    );
  }
  return distance * Math.sqrt(count / (-Math.log(alpha / 2) / 2));
}

export function uniform(min: number, max: number): Distribution {
  return (x) => Math.min(1, Math.max(0, (x - min) / (max - min)));
}

export function normal(mean: number, stddev: number): Distribution {
  return (x) => (1 + erf((x - mean) / (stddev * Math.SQRT2))) / 2;
}

export function pareto(shape: number, scale: number): Distribution {
  return (x) => (x < scale ? 0 : 1 - (scale / x) ** shape);
}

/** The sum of an independent normal and Pareto draw, averaged over equal shares of the second. */
export function paretoNormal(mean: number, stddev: number, shape: number, scale: number): Distribution {
  const shares = 300;
  const addends = Array.from({ length: shares }, (_, index) => {
    return scale / (1 - (index + 0.5) / shares) ** (1 / shape);
  });
  const first = normal(mean, stddev);
  return (x) => addends.reduce((sum, addend) => sum + first(x - addend), 0) / shares;
}

/** What is left when negative draws are drawn again. */
export function redrawnAtZero(model: Distribution): Distribution {
  const negative = model(0);
  return (x) => (x < 0 ? 0 : (model(x) - negative) / (1 - negative));
}

/** Trials that fail before the first that succeeds. */
export function geometric(success: number): Distribution {
  return (x) => (x < 0 ? 0 : 1 - (1 - success) ** (Math.floor(x) + 1));
}

/** `values` with the given probabilities. */
export function discrete(outcomes: readonly (readonly [value: number, probability: number])[]): Distribution {
  return (x) => outcomes.reduce((sum, [value, probability]) => sum + (value <= x ? probability : 0), 0);
}

/** Abramowitz and Stegun 7.1.26; the error is below 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
