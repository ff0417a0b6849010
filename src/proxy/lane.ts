import type { Passage } from './fault.ts';
import type { Parcel } from './parcel.ts';
import type { Stage } from './program.ts';

/** A piece that waits at a fault. */
export interface Held {
  readonly parcel: Parcel;
  /** When it came to this lane, on the timeline of what was before. */
  readonly atMs: number;
  readonly dueMs: number;
  /** Held by decision of the lane's fault, not only behind another piece. */
  readonly byFault: boolean;
}

/** One fault of a flow, and what waits there. */
export interface Lane {
  readonly stage: Stage;
  queue: Held[];
  /** Time at which all that came so far has left. */
  lastDueMs: number;
  /** Time for which bytes were not read because of what waits here. */
  pausedMs: number;
}

export function openLane(stage: Stage): Lane {
  return { stage, queue: [], lastDueMs: Number.NEGATIVE_INFINITY, pausedMs: 0 };
}

/** Throws away what waits, and tells the fault that it will never leave. */
export function clearLane(lane: Lane): void {
  for (const { parcel, byFault } of lane.queue.splice(0)) {
    if (byFault) parcel.exchange.grips.get(lane.stage)?.giveBack?.(parcel.data?.length ?? 0);
  }
}

/** Puts a pause of reading down to the lane where most waits. */
export function blamePause(lanes: readonly Lane[], pausedMs: number): void {
  const [first, ...others] = lanes;
  if (first === undefined) return;
  others.reduce((most, lane) => (lane.queue.length > most.queue.length ? lane : most), first).pausedMs +=
    pausedMs;
}

/** When the fault of `stage` lets a piece go that came at `atMs`. */
export function decide(stage: Stage, parcel: Parcel, atMs: number): Passage {
  const passesBy = parcel.role === 'act' || parcel.role === 'mark' || parcel.exchange.isStray;
  if (passesBy || stage.fault.activeUntilMs(atMs) === null) return atMs;
  const grip = stage.fault.meet(parcel.exchange, stage);
  const piece = { bytes: parcel.data?.length ?? 0, atMs, kind: parcel.kind };
  const passage = grip?.pass?.(piece) ?? atMs;
  if (typeof passage === 'number') return passage;
  // An answer of the proxy's own can be slowed and cut like any other, but is not replaced by another one.
  return parcel.own && passage.act?.act.do === 'answer' ? atMs : passage;
}
