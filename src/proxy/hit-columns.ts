import type { Flow, Hit } from '../types-run.ts';
import { NumberColumns } from './number-columns.ts';
import { TextTable } from './text-table.ts';

const COLUMNS = 6;

/** What faults did, as columns of numbers: each record knows how many of them are its own, in the order of records. */
export class HitColumns {
  readonly #numbers = new NumberColumns(COLUMNS);
  readonly #types = new TextTable();
  readonly #flows: Flow[] = [];

  add({ faultIndex, type, flow, atMs, delayMs, bytes, status }: Hit): void {
    const { block, at } = this.#numbers.next();
    block[at] = faultIndex;
    block[at + 1] = this.#types.indexOf(type);
    block[at + 2] = atMs;
    block[at + 3] = delayMs ?? Number.NaN;
    block[at + 4] = bytes;
    block[at + 5] = status ?? Number.NaN;
    this.#flows.push(flow);
  }

  /** The hits from `first` on, `count` of them. */
  list(first: number, count: number): readonly Hit[] {
    const hits: Hit[] = [];
    for (let index = first; index < first + count; index += 1) {
      const { block, at } = this.#numbers.row(index);
      const column = (place: number) => block[at + place] ?? Number.NaN;
      hits.push({
        faultIndex: column(0),
        type: this.#types.at(column(1)) ?? '',
        flow: this.#flows[index] ?? 'connection',
        atMs: column(2),
        delayMs: orNull(column(3)),
        bytes: column(4),
        status: orNull(column(5)),
      });
    }
    return hits;
  }
}

/** A number as a column keeps it: `NaN` stands for `null`. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
