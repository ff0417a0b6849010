import type { Turn } from './fault.ts';

export interface BucketSize {
  readonly rateBytesPerSecond: number;
  /** Bytes that pass without waiting once the bucket is full; `null`: what the rate gives in 10 ms. */
  readonly burstBytes: number | null;
}

const BURST_MS = 10;
/** What leaves together: what the rate gives in this time, as a slow link sends packets and not whole buffers. */
const SLICE_MS = 20;

/** Bytes that wait for their tokens. */
class Place implements Turn {
  readonly costMs: number;
  readonly atMs: number;
  paidAtMs = 0;
  dueMs = 0;
  onEarlier: (() => void) | null = null;

  constructor(costMs: number, atMs: number) {
    this.costMs = costMs;
    this.atMs = atMs;
  }
}

/**
 * Token bucket as a debt: the time at which all bytes taken so far are paid for. Who waits stands in a row, so that
 * the others move up when one of them goes away without having sent.
 */
export class TokenBucket {
  readonly sliceBytes: number;
  readonly #msPerByte: number;
  readonly #burstMs: number;
  #waiting: Place[] = [];
  /** Times at which all that was taken, and all of it that has left, is paid for. */
  #paidAtMs = Number.NEGATIVE_INFINITY;
  #leftPaidAtMs = Number.NEGATIVE_INFINITY;

  constructor({ rateBytesPerSecond, burstBytes }: BucketSize) {
    this.sliceBytes = Math.max(1, Math.round((rateBytesPerSecond * SLICE_MS) / 1_000));
    this.#msPerByte = 1_000 / rateBytesPerSecond;
    this.#burstMs = burstBytes === null ? BURST_MS : burstBytes * this.#msPerByte;
  }

  /** Takes tokens for `bytes` at `atMs`; its turn comes when the last of them is there. */
  take(bytes: number, atMs: number): Turn {
    this.#letGo(atMs);
    const place = new Place(bytes * this.#msPerByte, atMs);
    this.#paidAtMs = this.#pay(place, this.#paidAtMs);
    if (place.dueMs > atMs) this.#waiting.push(place);
    else this.#leftPaidAtMs = this.#paidAtMs;
    return place;
  }

  /** Takes back turns that will not be used, and lets those behind them move up. */
  giveBack(turns: readonly Turn[], nowMs: number): void {
    this.#letGo(nowMs);
    const gone = new Set(turns);
    const [first] = this.#waiting;
    if (first === undefined) return;
    // The tokens for a slice under way are there already; more than that, or a full bucket, cannot be saved up.
    const savedMs = Math.max(0, SLICE_MS - this.#burstMs);
    let paidAtMs = gone.has(first) ? Math.max(this.#leftPaidAtMs, nowMs - savedMs) : this.#leftPaidAtMs;
    this.#waiting = this.#waiting.filter((place) => !gone.has(place));
    const told = new Set<() => void>();
    for (const place of this.#waiting) {
      const dueMs = place.dueMs;
      paidAtMs = this.#pay(place, paidAtMs);
      if (place.dueMs < dueMs && place.onEarlier !== null) told.add(place.onEarlier);
    }
    this.#paidAtMs = paidAtMs;
    for (const tell of told) tell();
  }

  #pay(place: Place, paidBeforeMs: number): number {
    place.paidAtMs = Math.max(paidBeforeMs, place.atMs) + place.costMs;
    place.dueMs = Math.max(place.atMs, place.paidAtMs - this.#burstMs);
    return place.paidAtMs;
  }

  /** Forgets those whose turn has come. */
  #letGo(nowMs: number): void {
    let left = 0;
    for (
      let place = this.#waiting[0];
      place !== undefined && place.dueMs <= nowMs;
      place = this.#waiting[left]
    ) {
      this.#leftPaidAtMs = place.paidAtMs;
      left += 1;
    }
    if (left > 0) this.#waiting.splice(0, left);
  }
}
