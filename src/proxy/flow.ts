import type { Act, ByteFlow, Passage } from './fault.ts';
import { HeldBytes } from './held-bytes.ts';
import {
  blamePause,
  clearLane,
  decide,
  giveBackTurns,
  type Held,
  hurryLane,
  type Lane,
  noteHold,
  noteRelease,
  openLane,
  wantedReadAhead,
} from './lane.ts';
import type { Parcel } from './parcel.ts';
import type { Stage } from './program.ts';
import { splitParcel } from './split-parcel.ts';
import type { Timeline, Wakeup } from './timeline.ts';

/** Where a flow ends. */
export interface FlowSink {
  deliver(parcel: Parcel): void;
  /** An answer of the proxy's own takes the place of the exchange's bytes; it goes on behind `lane`. */
  answer(parcel: Parcel, act: Act & { readonly do: 'answer' }, lane: number): void;
  pausedMs(): number;
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
  #wantedBytes = 0;
  #heldBytes = 0;
  #heldPieces = 0;
  #wakeup: Wakeup | null = null;
  #wakeupMs = Number.POSITIVE_INFINITY;
  #pausedMs = 0;
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
    this.#wantedBytes = wantedReadAhead(stages);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isEmpty(): boolean {
    return this.#heldPieces === 0;
  }

  /** Whether something is held that no time will release. */
  get isStuck(): boolean {
    return (
      this.#heldPieces > 0 && this.#lanes.some(({ queue }) => queue[0]?.dueMs === Number.POSITIVE_INFINITY)
    );
  }

  /** Bytes that may wait before reading should pause. */
  get readAheadBytes(): number {
    return this.#held.limit(this.#wantedBytes);
  }

  /** Takes a piece that has just arrived; `fromLane` lets it pass by the faults before that lane. */
  push(parcel: Parcel, fromLane = 0): void {
    if (this.#closed) return;
    const pausedMs = this.#sink.pausedMs();
    parcel.exchange.meet(this.#name, pausedMs);
    if (pausedMs > this.#pausedMs) blamePause(this.#lanes, pausedMs - this.#pausedMs);
    this.#pausedMs = pausedMs;
    const nowMs = this.#lanes.length === 0 ? parcel.arrivedAtMs : this.#timeline.now();
    this.#enter(parcel, fromLane, parcel.arrivedAtMs, nowMs);
    if (this.#heldPieces > 0) this.#arm();
  }

  /** Goes on with other faults. What faults held that are gone leaves at once, in order. */
  replan(stages: readonly Stage[]): void {
    const old = this.#lanes;
    const kept = new Map(old.map((lane) => [lane.stage, lane]));
    this.#lanes = stages.map((stage) => kept.get(stage) ?? openLane(stage));
    this.#wantedBytes = wantedReadAhead(stages);
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
    const nowMs = this.#timeline.now();
    for (const lane of this.#lanes) clearLane(lane, nowMs);
    this.#count(-this.#heldPieces, -this.#heldBytes);
  }

  /** `nowMs`: one reading of the clock for all that happens at one time. */
  #enter(parcel: Parcel, fromLane: number, cameAtMs: number, nowMs: number): void {
    let atMs = cameAtMs;
    for (let index = fromLane; index < this.#lanes.length; index += 1) {
      const lane = this.#lanes[index];
      if (lane === undefined || this.#isDropped(parcel)) break;
      const passage = decide(lane.stage, parcel, atMs);
      if (typeof passage !== 'number') {
        this.#split(parcel, passage, lane, index, atMs, nowMs);
        return;
      }
      const dueMs = Math.max(passage, lane.lastDueMs);
      lane.lastDueMs = dueMs;
      const byFault = passage > atMs && parcel.kind !== 'end';
      const held = { parcel, atMs, wantedMs: passage, dueMs, turn: null, byFault };
      if (lane.queue.length > 0 || dueMs > nowMs) {
        this.#hold(lane, held, nowMs);
        return;
      }
      // Due while it was on its way here: it was delayed all the same.
      if (held.byFault) {
        noteHold(held, lane, this.#name, nowMs);
        noteRelease(held, lane, this.#name, nowMs);
      }
      atMs = dueMs;
    }
    this.#leave(parcel, nowMs);
  }

  #split(
    parcel: Parcel,
    passage: Exclude<Passage, number>,
    lane: Lane,
    index: number,
    atMs: number,
    nowMs: number,
  ): void {
    for (const held of splitParcel(parcel, passage, lane.stage.fault, atMs)) {
      const { act } = held.parcel;
      if (act !== null) {
        parcel.exchange.hits.act(
          lane.stage.fault,
          this.#name,
          nowMs,
          act.do === 'answer' ? act.status : null,
        );
      }
      this.#holdOrGoOn(lane, index, held, nowMs);
    }
  }

  #holdOrGoOn(lane: Lane, index: number, held: Held, nowMs: number): void {
    const dueMs = Math.max(held.dueMs, lane.lastDueMs);
    lane.lastDueMs = dueMs;
    this.#hold(lane, { ...held, dueMs }, nowMs);
    if (lane.queue.length === 1 && dueMs <= nowMs) {
      lane.queue.shift();
      this.#goOn({ ...held, dueMs }, lane, index + 1, dueMs, nowMs);
    }
  }

  #hold(lane: Lane, held: Held, nowMs: number): void {
    // An earlier part of the same piece may have ended the connection.
    if (this.#closed) {
      giveBackTurns(lane, [held], nowMs);
      return;
    }
    lane.queue.push(held);
    if (held.turn !== null) held.turn.onEarlier = this.#hurry;
    this.#count(1, held.parcel.data?.length ?? 0);
    noteHold(held, lane, this.#name, nowMs);
  }

  #count(pieces: number, bytes: number): void {
    this.#heldPieces += pieces;
    this.#heldBytes += bytes;
    this.#held.count(bytes);
  }

  #goOn(held: Held, lane: Lane, nextLane: number, atMs: number, nowMs: number): void {
    if (held.turn !== null) held.turn.onEarlier = null;
    // What left before it may have ended the connection.
    if (this.#closed) return;
    const { parcel } = held;
    this.#count(-1, -(parcel.data?.length ?? 0));
    noteRelease(held, lane, this.#name, nowMs);
    if (parcel.act?.do === 'answer' && parcel.actor === lane.stage.fault) {
      this.#sink.answer(parcel, parcel.act, nextLane);
    } else this.#enter(parcel, nextLane, atMs, nowMs);
  }

  #leave(parcel: Parcel, nowMs: number): void {
    if (this.#isDropped(parcel)) return;
    const waitedMs = parcel.waited ? nowMs - parcel.arrivedAtMs : 0;
    if (parcel.data !== null) parcel.exchange.leave(this.#name, waitedMs, this.#sink.pausedMs(), nowMs);
    this.#sink.deliver(parcel);
  }

  #isDropped(parcel: Parcel): boolean {
    return parcel.role === 'bytes' && !parcel.own && parcel.exchange.isDropped(this.#name);
  }

  /** Others that waited for the same have gone away. */
  readonly #hurry = (): void => {
    for (const lane of this.#lanes) hurryLane(lane);
    this.#arm();
  };

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
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { queue } of this.#lanes) dueMs = Math.min(dueMs, queue[0]?.dueMs ?? dueMs);
    if (this.#closed || dueMs === Number.POSITIVE_INFINITY || this.#wakeupMs <= dueMs) return;
    this.#wakeup?.cancel();
    this.#wakeupMs = dueMs;
    this.#wakeup = this.#timeline.at(dueMs, () => this.#advance());
  }
}
