import type { Exchange, ExchangeOutcome } from '../types-run.ts';
import { HitColumns, orNull } from './hit-columns.ts';
import { NumberColumns } from './number-columns.ts';
import { copyText, TextTable } from './text-table.ts';

/** What few records have. */
type Extras = Pick<Exchange, 'traceparent' | 'outsideOf' | 'continues'>;

const COLUMNS = 11;
/** Longest text that is kept of what a client sent; a path of more names no endpoint that anybody compares with. */
const MAX_CHARACTERS = 1_024;

/**
 * Records of one proxy, kept as columns of numbers: a hundred thousand of them are a few large blocks to the garbage
 * collector and not a hundred thousand objects, which it would move about while connections wait.
 */
export class ExchangeColumns {
  readonly #proxy: string;
  #numbers = new NumberColumns(COLUMNS);
  #hits = new HitColumns();
  #texts = new TextTable();
  #outcomes: ExchangeOutcome[] = [];
  #extras = new Map<number, Extras>();

  constructor(proxy: string) {
    this.#proxy = proxy;
  }

  get length(): number {
    return this.#numbers.length;
  }

  add(record: Exchange): void {
    const extras = extrasOf(record);
    if (extras !== null) this.#extras.set(this.length, extras);
    for (const hit of record.hits) this.#hits.add(hit);
    const { block, at } = this.#numbers.next();
    block[at] = record.number;
    block[at + 1] = record.connection;
    block[at + 2] = record.startedAtMs;
    block[at + 3] = record.endedAtMs;
    block[at + 4] = record.requestBytes;
    block[at + 5] = record.responseBytes;
    block[at + 6] = record.status ?? Number.NaN;
    block[at + 7] = record.injectedMs ?? Number.NaN;
    block[at + 8] = this.#texts.indexOf(shorten(record.method));
    block[at + 9] = this.#texts.indexOf(shorten(record.path));
    block[at + 10] = record.hits.length;
    this.#outcomes.push(record.outcome);
  }

  /** Gives all records in the order in which they came, and begins anew. */
  take(): Exchange[] {
    const [numbers, hits, texts, extras] = [this.#numbers, this.#hits, this.#texts, this.#extras];
    let firstHit = 0;
    const records = this.#outcomes.map((outcome, index): Exchange => {
      const { block, at } = numbers.row(index);
      const column = (place: number) => block[at + place] ?? Number.NaN;
      const hitCount = column(10);
      firstHit += hitCount;
      return {
        proxy: this.#proxy,
        number: column(0),
        connection: column(1),
        startedAtMs: column(2),
        endedAtMs: column(3),
        requestBytes: column(4),
        responseBytes: column(5),
        status: orNull(column(6)),
        injectedMs: orNull(column(7)),
        outcome,
        traceparent: null,
        method: texts.at(column(8)),
        path: texts.at(column(9)),
        hits: hits.list(firstHit - hitCount, hitCount),
        ...extras.get(index),
      };
    });
    this.#numbers = new NumberColumns(COLUMNS);
    this.#hits = new HitColumns();
    this.#texts = new TextTable();
    this.#outcomes = [];
    this.#extras = new Map();
    return records;
  }
}

function extrasOf({ traceparent, outsideOf, continues }: Exchange): Extras | null {
  if (traceparent === null && outsideOf === undefined && continues === undefined) return null;
  return {
    traceparent: traceparent === null ? null : copyText(traceparent.slice(0, MAX_CHARACTERS)),
    ...(outsideOf === undefined ? {} : { outsideOf }),
    ...(continues === undefined ? {} : { continues }),
  };
}

function shorten(text: string | null): string | null {
  return text === null || text.length <= MAX_CHARACTERS ? text : text.slice(0, MAX_CHARACTERS);
}
