import type { ProxyTraffic } from '../types-proxy.ts';
import type { Exchange } from '../types-run.ts';

/** Records that wait to be taken; at about 500 bytes each they stay below 50 MB. */
const MAX_RECORDS = 100_000;

/** What happened at one proxy: records to be taken, and counts. */
export class Ledger {
  connections = 0;
  openConnections = 0;
  exchanges = 0;
  requestBytes = 0;
  responseBytes = 0;
  #hits = 0;
  #records: Exchange[] = [];
  #dropped = 0;

  add(record: Exchange): void {
    this.#hits += record.hits.length;
    if (this.#records.length < MAX_RECORDS) this.#records.push(record);
    else this.#dropped += 1;
  }

  /** Gives the records since the last time, and how many did not fit. */
  take(): { readonly exchanges: readonly Exchange[]; readonly dropped: number } {
    const taken = { exchanges: this.#records, dropped: this.#dropped };
    this.#records = [];
    this.#dropped = 0;
    return taken;
  }

  /** Counts so far; `openHits` are those of exchanges under way. */
  count(openHits: number): ProxyTraffic {
    const { connections, openConnections, exchanges, requestBytes, responseBytes } = this;
    const hits = this.#hits + openHits;
    return { connections, openConnections, exchanges, hits, requestBytes, responseBytes };
  }
}
