import type { Act, ByteFlow, Passage } from './fault.ts';
import { HeldBytes } from './held-bytes.ts';
import type { Parcel } from './parcel.ts';
import type { Stage } from './program.ts';
import type { Timeline, Wakeup } from './timeline.ts';

/** Where a flow ends. */
export interface FlowSink {
  deliver(parcel: Parcel): void;
  /** An answer of the proxy's own takes the place of the exchange's bytes; it goes on behind `lane`. */
  answer(parcel: Parcel, act: Act & { readonly do: 'answer' }, lane: number): void;
  pausedMs(): number;
}

interface Held {
  readonly parcel: Parcel;
  /** When it came to this lane, on the timeline of what was before. */
  readonly atMs: number;
  readonly dueMs: number;
  /** Held by decision of the lane's fault, not only behind another piece. */
  readonly byFault: boolean;
}

interface Lane {
  readonly stage: Stage;
  queue: Held[];
  /** Time at which all that came so far has left. */
  lastDueMs: number;
}

/**
 * One direction of a connection: a row of lanes, one for each fault, that pieces pass in order. A piece comes to
 * the next lane at the time at which it was due to leave the one before, however late the timer was, so that
 * delays add up exactly.
 */
export class Flow {
  readonly #name: ByteFlow;
  readonly #timeline: Timeline;
  readonly #sink: FlowSink;
  readonly #held: HeldBytes;
  #lanes: Lane[];
  #heldBytes = 0;
  #waiting = new WeakSet<Parcel>();
  #wakeup: Wakeup | null = null;
  #wakeupMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(
    name: ByteFlow,
    stages: readonly Stage[],
    timeline: Timeline,
    sink: FlowSink,
    held = new HeldBytes(),
  ) {
    this.#held = held;
    this.#name = name;
    this.#timeline = timeline;
    this.#sink = sink;
    this.#lanes = stages.map(openLane);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isEmpty(): boolean {
    return this.#lanes.every(({ queue }) => queue.length === 0);
  }

  /** Whether something is held that no time will release. */
  get isStuck(): boolean {
    return this.#lanes.some(({ queue }) => queue[0]?.dueMs === Number.POSITIVE_INFINITY);
  }

  /** Bytes that may wait before reading should pause. */
  get readAheadBytes(): number {
    const wantedBytes = Math.max(0, ...this.#lanes.map(({ stage }) => stage.fault.readAheadBytes));
    return this.#held.limit(wantedBytes);
  }

  /** Takes a piece that has just arrived; `fromLane` lets it pass by the faults before that lane. */
  push(parcel: Parcel, fromLane = 0): void {
    if (this.#closed) return;
    parcel.exchange.meet(this.#name, this.#sink.pausedMs());
    this.#enter(parcel, fromLane, parcel.arrivedAtMs);
    this.#arm();
  }

  /** Goes on with other faults. What faults held that are gone leaves at once, in order. */
  replan(stages: readonly Stage[]): void {
    const old = this.#lanes;
    const kept = new Map(old.map((lane) => [lane.stage, lane]));
    this.#lanes = stages.map((stage) => kept.get(stage) ?? openLane(stage));
    const nowMs = this.#timeline.now();
    // From the last lane back, as what stands further on came first.
    for (const lane of old.toReversed()) {
      if (this.#lanes.includes(lane)) continue;
      const next = old.slice(old.indexOf(lane) + 1).find((candidate) => this.#lanes.includes(candidate));
      const target = next === undefined ? this.#lanes.length : this.#lanes.indexOf(next);
      for (const held of lane.queue.splice(0)) this.#goOn(held, lane, target, nowMs, nowMs);
    }
    this.#arm();
  }

  /** Throws away what is held. */
  close(): void {
    this.#closed = true;
    this.#wakeup?.cancel();
    for (const lane of this.#lanes) lane.queue = [];
    this.#count(-this.#heldBytes);
  }

  #enter(parcel: Parcel, fromLane: number, cameAtMs: number): void {
    let atMs = cameAtMs;
    for (let index = fromLane; index < this.#lanes.length; index += 1) {
      const lane = this.#lanes[index];
      if (lane === undefined || this.#isDropped(parcel)) break;
      const passage = decide(lane.stage, parcel, atMs);
      if (typeof passage !== 'number') {
        this.#split(parcel, passage, lane, index, atMs);
        return;
      }
      const dueMs = Math.max(passage, lane.lastDueMs);
      lane.lastDueMs = dueMs;
      const held = { parcel, atMs, dueMs, byFault: passage > atMs && parcel.kind !== 'end' };
      if (lane.queue.length > 0 || dueMs > this.#timeline.now()) {
        this.#hold(lane, held);
        return;
      }
      // Due while it was on its way here: it was delayed all the same.
      if (held.byFault) this.#noteRelease(held, lane, this.#noteHold(held, lane));
      atMs = dueMs;
    }
    this.#leave(parcel);
  }

  #split(parcel: Parcel, passage: Exclude<Passage, number>, lane: Lane, index: number, atMs: number): void {
    const fault = lane.stage.fault;
    let offset = 0;
    for (const [place, { bytes, dueMs }] of passage.departures.entries()) {
      const end = offset + bytes;
      const last = parcel.last && passage.act === null && place === passage.departures.length - 1;
      const part = { ...parcel, data: parcel.data?.subarray(offset, end) ?? null, last };
      this.#holdOrGoOn(lane, index, { parcel: part, atMs, dueMs, byFault: dueMs > atMs });
      offset = end;
    }
    if (passage.act === null) return;
    const { act, atMs: dueMs } = passage.act;
    parcel.exchange.act(fault, this.#name, this.#timeline.now(), act.do === 'answer' ? act.status : null);
    const marker: Parcel = {
      ...parcel,
      data: null,
      kind: 'end',
      role: 'act',
      last: false,
      act,
      actor: fault,
    };
    this.#holdOrGoOn(lane, index, { parcel: marker, atMs, dueMs, byFault: false });
  }

  #holdOrGoOn(lane: Lane, index: number, held: Held): void {
    const dueMs = Math.max(held.dueMs, lane.lastDueMs);
    lane.lastDueMs = dueMs;
    this.#hold(lane, { ...held, dueMs });
    if (lane.queue.length === 1 && dueMs <= this.#timeline.now()) {
      lane.queue.shift();
      this.#goOn({ ...held, dueMs }, lane, index + 1, dueMs, this.#timeline.now());
    }
  }

  #hold(lane: Lane, held: Held): void {
    lane.queue.push(held);
    this.#count(held.parcel.data?.length ?? 0);
    this.#noteHold(held, lane);
  }

  #count(bytes: number): void {
    this.#heldBytes += bytes;
    this.#held.count(bytes);
  }

  #noteHold({ parcel, byFault }: Held, lane: Lane): number {
    const nowMs = this.#timeline.now();
    this.#waiting.add(parcel);
    if (byFault) parcel.exchange.hold(lane.stage.fault, this.#name, nowMs, parcel.data?.length ?? 0);
    return nowMs;
  }

  #noteRelease({ parcel, atMs, byFault }: Held, lane: Lane, nowMs: number): void {
    if (byFault) parcel.exchange.release(lane.stage.fault, this.#name, nowMs - atMs);
  }

  #goOn(held: Held, lane: Lane, nextLane: number, atMs: number, nowMs: number): void {
    const { parcel } = held;
    this.#count(-(parcel.data?.length ?? 0));
    this.#noteRelease(held, lane, nowMs);
    if (parcel.act?.do === 'answer' && parcel.actor === lane.stage.fault) {
      this.#sink.answer(parcel, parcel.act, nextLane);
    } else this.#enter(parcel, nextLane, atMs);
  }

  #leave(parcel: Parcel): void {
    if (this.#isDropped(parcel)) return;
    const nowMs = this.#timeline.now();
    const waitedMs = this.#waiting.has(parcel) ? nowMs - parcel.arrivedAtMs : 0;
    if (parcel.data !== null) parcel.exchange.leave(this.#name, waitedMs, this.#sink.pausedMs(), nowMs);
    this.#sink.deliver(parcel);
  }

  #isDropped(parcel: Parcel): boolean {
    return parcel.role === 'bytes' && !parcel.own && parcel.exchange.dropped[this.#name];
  }

  #advance(): void {
    this.#wakeup = null;
    this.#wakeupMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#timeline.now();
    for (const [index, lane] of this.#lanes.entries()) {
      for (let held = lane.queue[0]; held !== undefined && held.dueMs <= nowMs; held = lane.queue[0]) {
        lane.queue.shift();
        this.#goOn(held, lane, index + 1, held.dueMs, nowMs);
      }
    }
    this.#arm();
  }

  #arm(): void {
    const dueMs = Math.min(...this.#lanes.map(({ queue }) => queue[0]?.dueMs ?? Number.POSITIVE_INFINITY));
    if (this.#closed || dueMs === Number.POSITIVE_INFINITY || this.#wakeupMs <= dueMs) return;
    this.#wakeup?.cancel();
    this.#wakeupMs = dueMs;
    this.#wakeup = this.#timeline.at(dueMs, () => this.#advance());
  }
}

function openLane(stage: Stage): Lane {
  return { stage, queue: [], lastDueMs: Number.NEGATIVE_INFINITY };
}

function decide(stage: Stage, parcel: Parcel, atMs: number): Passage {
  const passesBy = parcel.role === 'act' || parcel.role === 'mark' || parcel.exchange.isStray;
  if (passesBy || stage.fault.activeUntilMs(atMs) === null) return atMs;
  const grip = stage.fault.meet(parcel.exchange, stage);
  const piece = { bytes: parcel.data?.length ?? 0, atMs, kind: parcel.kind };
  const passage = grip?.pass?.(piece) ?? atMs;
  if (typeof passage === 'number') return passage;
  // An answer of the proxy's own can be slowed and cut like any other, but is not replaced by another one.
  return parcel.own && passage.act?.act.do === 'answer' ? atMs : passage;
}
