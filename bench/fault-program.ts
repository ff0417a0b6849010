import { systemClock } from '../src/clock.ts';
import { readFault } from '../src/proxy/fault-schema.ts';
import { resolveWindows } from '../src/proxy/periods.ts';
import type { FaultProgram } from '../src/types-run.ts';

/** A program of one fault, written as in a scenario file, its item beginning now. */
export function faultProgram(raw: object): FaultProgram {
  const fault = readFault(raw);
  const windows = resolveWindows(fault.periods, null);
  return { seed: 1, itemKey: 'bench', epochMs: systemClock.now(), faults: [{ index: 0, fault, windows }] };
}
