import { describeFault } from '../../proxy/fault-schema.ts';
import { resolveWindows } from '../../proxy/periods.ts';
import type { Fault, Item, JsonValue, Notice, PeriodBound } from '../../types.ts';
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
  const planned = context.faults.map((fault, index) => planFault(fault, index, baseMs));
  const notices: Notice[] = [];
  const { strategy } = context;
  if (planned.some(({ boundless }) => boundless)) {
    const message = `A period in percent has no duration to refer to under ${strategy.mode}: the fault is active for the whole call.`;
    notices.push({ where, message });
  }
  if (strategy.mode === 'repeat' && strategy.step !== 0 && !canRaise(context.faults, strategy.stepField)) {
    const message = `No fault has the number ${quote(strategy.stepField)} that step would raise: every call has the same faults.`;
    notices.push({ where, message });
  }
  return {
    faults: planned.map(({ plan }) => plan),
    requested: planned.map(({ plan }) => ({
      index: plan.index,
      type: plan.fault.type,
      requested: `${describeFault(plan.fault)}${describeWindows(plan.windows)}`,
    })),
    windows: planned.flatMap(({ plan }) => plan.windows),
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

function planFault(fault: Fault, index: number, baseMs: number | null) {
  const boundless =
    baseMs === null && fault.periods.some(({ start, duration }) => isPercent(start) || isPercent(duration));
  const windows = resolveWindows(fault.periods, baseMs);
  return { plan: { index, fault, windows }, boundless };
}

function isPercent(bound: PeriodBound | null): boolean {
  return bound !== null && 'percent' in bound;
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
