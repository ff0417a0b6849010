import { describeFault } from '../../proxy/fault-schema.ts';
import { resolveWindows } from '../../proxy/periods.ts';
import type { Fault, Item, JsonValue, Notice } from '../../types.ts';
import type { PlannedFault, Window } from '../../types-run.ts';
import { formatDuration, quote } from '../../units.ts';
import { periodBaseMs } from '../strategies/index.ts';
import type { RequestedFault } from '../verdict/fidelity.ts';

/** An item's faults with their times worked out. */
export interface FaultPlan {
  readonly faults: readonly PlannedFault[];
  readonly requested: readonly RequestedFault[];
  /** When any of them is active. */
  readonly windows: readonly Window[];
  readonly notices: readonly Notice[];
}

/** Works out when each fault of the item is active. */
export function planFaults({ context }: Item, where: string): FaultPlan {
  const baseMs = periodBaseMs(context.strategy);
  const faults = context.faults.map((fault, index) => ({
    index,
    fault,
    windows: resolveWindows(fault.periods, baseMs),
  }));
  const notices: Notice[] = [];
  const { strategy } = context;
  if (strategy.mode === 'repeat' && strategy.step !== 0 && !canRaise(context.faults, strategy.stepField)) {
    const message = `No fault has the number ${quote(strategy.stepField)} that step would raise: every call has the same faults.`;
    notices.push({ where, message });
  }
  return {
    faults,
    requested: faults.map(({ index, fault, windows }) => ({
      index,
      type: fault.type,
      requested: `${describeFault({ ...fault, periods: [] })}${describeWindows(windows)}`,
    })),
    windows: faults.flatMap(({ windows }) => windows),
    notices,
  };
}

/** The faults with `field` raised by `by` wherever a fault has it. */
export function raiseFaults(
  faults: readonly PlannedFault[],
  field: string,
  by: number,
): readonly PlannedFault[] {
  if (by === 0) return faults;
  return faults.map((planned) => ({ ...planned, fault: raiseFault(planned.fault, field, by) }));
}

/** Whether a fault takes its rate from the answer of the pre-flight call. */
export function wantsAnswerSize(faults: readonly PlannedFault[]): boolean {
  return faults.some(({ fault }) => fault.params.answer_time !== undefined);
}

/** The faults with the rate at which an answer of so many bytes takes the time that they state. */
export function fitRates(faults: readonly PlannedFault[], answerBytes: number): readonly PlannedFault[] {
  return faults.map((planned) => {
    const { answer_time: timeMs, ...rest } = planned.fault.params;
    if (typeof timeMs !== 'number') return planned;
    const rate = answerBytes / (timeMs / 1_000);
    // Without a burst of its own all bytes of the answer count.
    return { ...planned, fault: { ...planned.fault, params: { burst: 0, ...rest, rate, unit: 'Bps' } } };
  });
}

function raiseFault(fault: Fault, field: string, by: number): Fault {
  const params: Record<string, JsonValue> = { ...fault.params };
  const value = params[field];
  if (typeof value === 'number') params[field] = value + by;
  return { ...fault, params };
}

function describeWindows(windows: readonly Window[]): string {
  const bounded = windows.filter(({ startMs, endMs }) => startMs > 0 || endMs !== Number.POSITIVE_INFINITY);
  if (bounded.length === 0) return '';
  const show = (ms: number) => (ms === Number.POSITIVE_INFINITY ? 'the end' : formatDuration(Math.round(ms)));
  return `, from ${bounded.map(({ startMs, endMs }) => `${show(startMs)} to ${show(endMs)}`).join(', ')}`;
}

function canRaise(faults: readonly Fault[], field: string): boolean {
  return faults.some(({ params }) => typeof params[field] === 'number');
}
