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
  /** A record has told of it: it only waits for what it holds. */
  told: boolean;
}

/** What faults did to one exchange. */
export class Hits {
  readonly #tallies: HitTally[];

  constructor(tallies: HitTally[] = []) {
    this.#tallies = tallies;
  }

  /** Hits that have not been told. */
  get count(): number {
    return this.#untold().length;
  }

  /** What goes on once all of it has been told: what faults still hold, of which nothing more is told; `null`: nothing. */
  rest(): Hits | null {
    const held = this.#tallies.filter((tally) => tally.held > 0);
    for (const tally of held) tally.told = true;
    return held.length === 0 ? null : new Hits(held);
  }

  /** Notes that a fault begins to hold a piece; `pausedMs`: for how long it kept bytes from being read so far. */
  hold(fault: ActiveFault, flow: Flow, atMs: number, bytes: number, pausedMs: number): void {
    const tally = this.#tallyOf(fault, flow, atMs, pausedMs);
    tally.held += 1;
    tally.bytes += bytes;
  }

  /** Notes that a held piece went on; `pausedMs` as for `hold`. */
  release(fault: ActiveFault, flow: Flow, heldMs: number, pausedMs: number): void {
    const tally = this.#tallies.find((each) => each.held > 0 && isOf(each, fault, flow));
    if (tally === undefined) return;
    tally.held -= 1;
    tally.latestMs = Math.max(tally.latestMs, heldMs + pausedMs - tally.pausedBeforeMs);
  }

  /** Notes an act other than holding. */
  act(fault: ActiveFault, flow: Flow, atMs: number, status: number | null): void {
    this.#tallyOf(fault, flow, atMs, 0).status ??= status;
  }

  /** In the order in which their faults are written: that of their acts hangs on milliseconds. */
  list(): readonly Hit[] {
    return this.#untold().map(toHit);
  }

  #untold(): readonly HitTally[] {
    return this.#tallies.filter(({ told }) => !told);
  }

  #tallyOf(fault: ActiveFault, flow: Flow, atMs: number, pausedBeforeMs: number): HitTally {
    const known = this.#tallies.find((tally) => !tally.told && isOf(tally, fault, flow));
    if (known !== undefined) return known;
    const tally = {
      faultIndex: fault.index,
      type: fault.type,
      flow,
      atMs,
      latestMs: 0,
      pausedBeforeMs,
      held: 0,
      bytes: 0,
      status: null,
      told: false,
    };
    const behind = this.#tallies.findIndex(({ faultIndex }) => faultIndex > fault.index);
    this.#tallies.splice(behind === -1 ? this.#tallies.length : behind, 0, tally);
    return tally;
  }
}

/** After a live change another fault may stand in the same place. */
function isOf({ faultIndex, type, flow }: HitTally, fault: ActiveFault, wanted: Flow): boolean {
  return faultIndex === fault.index && type === fault.type && flow === wanted;
}

function toHit({ faultIndex, type, flow, atMs, latestMs, held, bytes, status }: HitTally): Hit {
  return { faultIndex, type, flow, atMs, delayMs: held > 0 ? null : latestMs, bytes, status };
}
