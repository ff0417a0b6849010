import type { Item, Notice, Slo } from '../../types.ts';

/** SLOs of a `load` item that has none, where the configuration has none either. */
const STANDARD_SLOS: readonly Slo[] = [
  { kind: 'latency', title: 'P95 < 300 ms', objectivePercent: 95, thresholdMs: 300 },
  { kind: 'error', title: 'Errors < 1 %', objectivePercent: 99, thresholdPercent: 1 },
];

/** The SLOs that an item is judged by; under load there are always some. */
export function pickSlos(
  { context, expect }: Item,
  defaults: readonly Slo[],
  where: string,
): { readonly slos: readonly Slo[]; readonly notices: readonly Notice[] } {
  const optedOut = expect.allSloAreValid === false;
  if (context.slos.length > 0 || context.strategy.mode !== 'load' || optedOut) {
    return { slos: context.slos, notices: [] };
  }
  const slos = defaults.length > 0 ? defaults : STANDARD_SLOS;
  const origin = defaults.length > 0 ? 'those of breakwater.yaml' : 'P95 < 300 ms and errors < 1 %';
  return { slos, notices: [{ where, message: `The item has no SLO of its own; ${origin} are used.` }] };
}
