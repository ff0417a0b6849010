import type { ProxyTraffic } from '../types-proxy.ts';
import type { Exchange } from '../types-run.ts';
import { ExchangeColumns } from './exchange-columns.ts';
import { RecentValues } from './recent-values.ts';

/**
 * Records that wait to be taken: 8 MB of plain TCP, below 50 MB of HTTP requests with their hits, and 200 MB whatever
 * clients send. More are counted as dropped, which `take` says; a proxy whose records nobody takes stays there.
 */
const MAX_RECORDS = 100_000;
/** Values that percentiles are told from: enough for a p99, and 40 kB each. */
const MAX_RECENT = 5_000;

/** Counts of connections and exchanges that are not over. */
export type OpenCounts = Pick<ProxyTraffic, 'hits' | 'requestSentBytes' | 'responseSentBytes'>;

/** What happened at one proxy: records to be taken, and counts. */
export class Ledger {
  connections = 0;
  openConnections = 0;
  exchanges = 0;
  requestBytes = 0;
  responseBytes = 0;
  /** Of connections that are over. */
  requestSentBytes = 0;
  responseSentBytes = 0;
  unreached = 0;
  unreachedReason: string | null = null;
  #hits = 0;
  readonly #records: ExchangeColumns;
  #dropped = 0;
  readonly #answeredMs = new RecentValues(MAX_RECENT);
  readonly #addedMs = new RecentValues(MAX_RECENT);

  constructor(proxy: string) {
    this.#records = new ExchangeColumns(proxy);
  }

  add(record: Exchange): void {
    this.#hits += record.hits.length;
    if (record.injectedMs !== null) {
      this.#answeredMs.add(record.endedAtMs - record.startedAtMs);
      if (record.hits.length > 0) this.#addedMs.add(record.injectedMs);
    }
    if (this.#records.length < MAX_RECORDS) this.#records.add(record);
    else this.#dropped += 1;
  }

  /** Gives the records since the last time, and how many did not fit. */
  take(): { readonly exchanges: readonly Exchange[]; readonly dropped: number } {
    const taken = { exchanges: this.#records.take(), dropped: this.#dropped };
    this.#dropped = 0;
    return taken;
  }

  /** Counts so far; `open` are those of what is under way. */
  count(open: OpenCounts): ProxyTraffic {
    const { connections, openConnections, exchanges, requestBytes, responseBytes } = this;
    const { unreached, unreachedReason } = this;
    const hits = this.#hits + open.hits;
    const [answeredMs, addedMs] = [this.#answeredMs.list(), this.#addedMs.list()];
    return {
      connections,
      openConnections,
      exchanges,
      hits,
      unreached,
      unreachedReason,
      requestBytes,
      responseBytes,
      requestSentBytes: this.requestSentBytes + open.requestSentBytes,
      responseSentBytes: this.responseSentBytes + open.responseSentBytes,
      answeredMs,
      addedMs,
    };
  }
}
