/**
 * Time for which the faults of one flow have kept the proxy from reading bytes that were there to be read. With
 * more bytes held than may wait, reading stops, and what comes after is late by that pause: the delay of a large
 * answer under a bandwidth cap stands here and not in the wait of its last piece.
 *
 * A pause counts only when bytes come at once after it. Otherwise the sender had none, and the time is its own.
 */
export class PauseMeter {
  readonly #now: () => number;
  #sinceMs: number | null = null;
  #lastMs = 0;
  #resumedAtMs = 0;
  #totalMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** All pauses so far that delayed bytes. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** Notes whether the faults keep the flow from being read now; a pause for another reason is none. */
  note(isPaused: boolean): void {
    if (isPaused) {
      this.#sinceMs ??= this.#now();
      return;
    }
    if (this.#sinceMs === null) return;
    this.#resumedAtMs = this.#now();
    this.#lastMs = this.#resumedAtMs - this.#sinceMs;
    this.#sinceMs = null;
  }

  /** Notes that bytes came now; until they have come, the pause is not over for them. */
  receive(nowMs: number): void {
    const sinceMs = nowMs - this.#resumedAtMs;
    if (this.#lastMs > 0 && sinceMs <= AT_ONCE_MS) this.#totalMs += this.#lastMs + sinceMs;
    this.#lastMs = 0;
  }
}

/** Longest time between the end of a pause and bytes that had waited for it; the thread may be busy in between. */
const AT_ONCE_MS = 10;
