import type { Flow, Hit } from '../types-run.ts';
import type { ActiveFault } from './program.ts';

interface HitTally {
  readonly faultIndex: number;
  readonly type: string;
  readonly flow: Flow;
  readonly atMs: number;
  latestMs: number;
  /** Time for which its lane had kept bytes from being read when it began to act. */
  readonly pausedBeforeMs: number;
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

  /** Notes that a fault begins to hold a piece; `pausedMs`: for how long it kept bytes from being read so far. */
  hold(fault: ActiveFault, flow: Flow, atMs: number, bytes: number, pausedMs: number): void {
    const tally = this.#tallyOf(fault, flow, atMs, pausedMs);
    tally.held += 1;
    tally.bytes += bytes;
  }

  /** Notes that a held piece went on; `pausedMs` as for `hold`. */
  release(fault: ActiveFault, flow: Flow, heldMs: number, pausedMs: number): void {
    const tally = this.#tallyOf(fault, flow, 0, pausedMs);
    tally.held -= 1;
    tally.latestMs = Math.max(tally.latestMs, heldMs + pausedMs - tally.pausedBeforeMs);
  }

  /** Notes an act other than holding. */
  act(fault: ActiveFault, flow: Flow, atMs: number, status: number | null): void {
    this.#tallyOf(fault, flow, atMs, 0).status ??= status;
  }

  /** In the order of their first acts. */
  list(): readonly Hit[] {
    return this.#tallies.map(toHit);
  }

  #tallyOf(fault: ActiveFault, flow: Flow, atMs: number, pausedBeforeMs: number): HitTally {
    const { index: faultIndex, type } = fault;
    for (const tally of this.#tallies) {
      // After a live change another fault may stand in the same place.
      if (tally.faultIndex === faultIndex && tally.type === type && tally.flow === flow) return tally;
    }
    const tally = {
      faultIndex,
      type,
      flow,
      atMs,
      latestMs: 0,
      pausedBeforeMs,
      held: 0,
      bytes: 0,
      status: null,
    };
    this.#tallies.push(tally);
    return tally;
  }
}

function toHit({ faultIndex, type, flow, atMs, latestMs, held, bytes, status }: HitTally): Hit {
  return { faultIndex, type, flow, atMs, delayMs: held > 0 ? null : latestMs, bytes, status };
}
