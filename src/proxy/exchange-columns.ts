import type { Exchange, ExchangeOutcome } from '../types-run.ts';

/** What few records have, besides numbers. */
type Extras = Pick<Exchange, 'traceparent' | 'method' | 'path' | 'hits' | 'outsideOf' | 'continues'>;

const BLOCK_RECORDS = 1_024;
const COLUMNS = 8;
/** Longest text that is kept of what a client sent; a path of more names no endpoint that anybody compares with. */
const MAX_CHARACTERS = 1_024;
const NO_EXTRAS: Extras = { traceparent: null, method: null, path: null, hits: [] };

/**
 * Records of one proxy, kept as columns of numbers: a hundred thousand of them are a few large blocks to the garbage
 * collector and not a hundred thousand objects, which it would move about while connections wait.
 */
export class ExchangeColumns {
  readonly #proxy: string;
  #blocks: Float64Array[] = [];
  #outcomes: ExchangeOutcome[] = [];
  #extras: (Extras | null)[] = [];

  constructor(proxy: string) {
    this.#proxy = proxy;
  }

  get length(): number {
    return this.#outcomes.length;
  }

  add(record: Exchange): void {
    const index = this.length;
    const at = (index % BLOCK_RECORDS) * COLUMNS;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK_RECORDS * COLUMNS));
    const block = this.#blocks.at(-1);
    if (block === undefined) return;
    block[at] = record.number;
    block[at + 1] = record.connection;
    block[at + 2] = record.startedAtMs;
    block[at + 3] = record.endedAtMs;
    block[at + 4] = record.requestBytes;
    block[at + 5] = record.responseBytes;
    block[at + 6] = record.status ?? Number.NaN;
    block[at + 7] = record.injectedMs ?? Number.NaN;
    this.#outcomes.push(record.outcome);
    this.#extras.push(extrasOf(record));
  }

  /** Gives all records in the order in which they came, and begins anew. */
  take(): Exchange[] {
    const [blocks, extras] = [this.#blocks, this.#extras];
    const records = this.#outcomes.map((outcome, index): Exchange => {
      const block = blocks[Math.floor(index / BLOCK_RECORDS)];
      const at = (index % BLOCK_RECORDS) * COLUMNS;
      const column = (place: number) => block?.[at + place] ?? Number.NaN;
      return {
        proxy: this.#proxy,
        number: column(0),
        connection: column(1),
        startedAtMs: column(2),
        endedAtMs: column(3),
        requestBytes: column(4),
        responseBytes: column(5),
        status: orNull(column(6)),
        outcome,
        injectedMs: orNull(column(7)),
        ...(extras[index] ?? NO_EXTRAS),
      };
    });
    this.#blocks = [];
    this.#outcomes = [];
    this.#extras = [];
    return records;
  }
}

function extrasOf({ traceparent, method, path, hits, outsideOf, continues }: Exchange): Extras | null {
  const isPlain = traceparent === null && method === null && path === null && hits.length === 0;
  if (isPlain && outsideOf === undefined && continues === undefined) return null;
  return {
    traceparent: copyText(traceparent),
    method: copyText(method),
    path: copyText(path),
    hits,
    ...(outsideOf === undefined ? {} : { outsideOf }),
    ...(continues === undefined ? {} : { continues }),
  };
}

/** A part of a text that was read keeps all of that text in memory; a copy does not. */
function copyText(part: string | null): string | null {
  return part === null ? null : Buffer.from(part.slice(0, MAX_CHARACTERS), 'latin1').toString('latin1');
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
