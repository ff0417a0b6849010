import type { Flow, Hit } from '../types-run.ts';
import type { ActiveFault } from './program.ts';

interface HitTally {
  readonly faultIndex: number;
  readonly type: string;
  readonly flow: Flow;
  readonly atMs: number;
  longestMs: number;
  /** Pieces that it holds now. */
  held: number;
  bytes: number;
  status: number | null;
}

/** What faults did to one exchange. */
export class Hits {
  readonly #tallies: HitTally[] = [];

  get count(): number {
    return this.#tallies.length;
  }

  /** Notes that a fault begins to hold a piece. */
  hold(fault: ActiveFault, flow: Flow, atMs: number, bytes: number): void {
    const tally = this.#tallyOf(fault, flow, atMs);
    tally.held += 1;
    tally.bytes += bytes;
  }

  /** Notes that a held piece went on. */
  release(fault: ActiveFault, flow: Flow, heldMs: number): void {
    const tally = this.#tallyOf(fault, flow, 0);
    tally.held -= 1;
    tally.longestMs = Math.max(tally.longestMs, heldMs);
  }

  /** Notes an act other than holding. */
  act(fault: ActiveFault, flow: Flow, atMs: number, status: number | null): void {
    this.#tallyOf(fault, flow, atMs).status ??= status;
  }

  /** In the order of their first acts. */
  list(): readonly Hit[] {
    return this.#tallies.map(toHit);
  }

  #tallyOf(fault: ActiveFault, flow: Flow, atMs: number): HitTally {
    const { index: faultIndex, type } = fault;
    for (const tally of this.#tallies)
      if (tally.faultIndex === faultIndex && tally.flow === flow) return tally;
    const tally = { faultIndex, type, flow, atMs, longestMs: 0, held: 0, bytes: 0, status: null };
    this.#tallies.push(tally);
    return tally;
  }
}

function toHit({ faultIndex, type, flow, atMs, longestMs, held, bytes, status }: HitTally): Hit {
  return { faultIndex, type, flow, atMs, delayMs: held > 0 ? null : longestMs, bytes, status };
}
