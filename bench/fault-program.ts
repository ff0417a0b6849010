import { systemClock } from '../src/clock.ts';
import { readFault } from '../src/proxy/fault-schema.ts';
import { resolveWindows } from '../src/proxy/periods.ts';
import type { FaultProgram } from '../src/types-run.ts';

/** A program of these faults, written as in a scenario file, its item beginning now. */
export function faultProgram(...raws: readonly object[]): FaultProgram {
  const faults = raws.map((raw, index) => {
    const fault = readFault(raw);
    return { index, fault, windows: resolveWindows(fault.periods, null) };
  });
  return { seed: 1, itemKey: 'bench', epochMs: systemClock.now(), faults };
}

/** A program of one latency fault. */
export function latencyProgram(delayMs: number): FaultProgram {
  return faultProgram({ type: 'latency', mean: delayMs });
}
