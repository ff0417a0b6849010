import type { ByteFlow, Passage, Turn } from './fault.ts';
import type { Parcel } from './parcel.ts';
import type { Stage } from './program.ts';

/** A piece that waits at a fault. */
export interface Held {
  readonly parcel: Parcel;
  /** When it came to this lane, on the timeline of what was before. */
  readonly atMs: number;
  /** Time that the lane's fault said, and the one that it leaves at, in order behind others. */
  readonly wantedMs: number;
  dueMs: number;
  /** Says the time where that may still change. */
  readonly turn: Turn | null;
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

/** Bytes that may wait because of these faults, before reading pauses. */
export function wantedReadAhead(stages: readonly Stage[]): number {
  return Math.max(0, ...stages.map(({ fault }) => fault.readAheadBytes));
}

/** Notes that a piece begins to wait. */
export function noteHold({ parcel, byFault }: Held, lane: Lane, flow: ByteFlow, nowMs: number): void {
  parcel.waited = true;
  if (!byFault) return;
  const bytes = parcel.data?.length ?? 0;
  parcel.exchange.hits.hold(lane.stage.fault, flow, nowMs, bytes, lane.pausedMs);
}

/** Notes that a piece goes on. */
export function noteRelease(
  { parcel, atMs, byFault }: Held,
  lane: Lane,
  flow: ByteFlow,
  nowMs: number,
): void {
  if (byFault) parcel.exchange.hits.release(lane.stage.fault, flow, nowMs - atMs, lane.pausedMs);
}

/** Throws away what waits, and tells the fault that it will never leave. */
export function clearLane(lane: Lane, nowMs: number): void {
  giveBackTurns(lane, lane.queue.splice(0), nowMs);
}

/** Tells a lane's fault that nobody will use these turns. */
export function giveBackTurns({ stage }: Lane, waiting: readonly Held[], nowMs: number): void {
  const turns = waiting.flatMap(({ turn }) => turn ?? []);
  for (const turn of turns) turn.onEarlier = null;
  const first = waiting.find(({ turn }) => turn !== null);
  first?.parcel.exchange.grips.get(stage)?.giveBack?.(turns, nowMs);
}

/** Lets what waits for its turn leave at the time at which that comes now. */
export function hurryLane(lane: Lane): void {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const held of lane.queue) {
    lastMs = Math.max(held.turn?.dueMs ?? held.wantedMs, lastMs);
    held.dueMs = lastMs;
  }
  if (lane.queue.length > 0) lane.lastDueMs = lastMs;
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
