import { systemClock } from '../../../src/clock.ts';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { parseMapping } from '../../../src/proxy/mapping.ts';
import { resolveWindows } from '../../../src/proxy/periods.ts';
import type { ProxySpec } from '../../../src/types-proxy.ts';
import type { FaultProgram } from '../../../src/types-run.ts';

/** A program of faults written as in a scenario file, its item beginning now. */
export function programOf(
  faults: readonly object[],
  { seed = 1, durationMs = null as number | null, epochMs = systemClock.now(), itemKey = 'item' } = {},
): FaultProgram {
  return {
    seed,
    itemKey,
    epochMs,
    faults: faults.map((raw, index) => {
      const fault = readFault(raw);
      return { index, fault, windows: resolveWindows(fault.periods, durationMs) };
    }),
  };
}

/** A proxy's specification from a mapping. */
export function specOf(mapping: string, name = 'proxy'): ProxySpec {
  const { listenPort, upstream } = parseMapping(mapping);
  return { name, listenPort, upstream };
}
