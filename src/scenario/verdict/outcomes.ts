import type { Sample } from '../../types-run.ts';
import { isHollow } from './failure.ts';

/** Counts how requests ended: `{ "200": 57, "200 hollow": 2, "timeout": 3 }`. */
export function countOutcomes(
  samples: readonly Sample[],
  degradable: boolean,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const { outcome, status } = sample;
    const name =
      outcome === 'answered'
        ? `${status}${isHollow(sample) ? (degradable ? ' degraded' : ' hollow') : ''}`
        : outcome;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
