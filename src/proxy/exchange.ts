import { Member } from '../roster.ts';
import type { Exchange, ExchangeOutcome, Hit } from '../types-run.ts';
import type { ByteFlow, FlowFault } from './fault.ts';
import { type FlowTally, openFlowTally } from './flow-tally.ts';
import { Hits } from './hits.ts';
import type { LimitedRequest } from './limit.ts';
import type { ActiveFault, FaultedExchange, Stage } from './program.ts';
import type { Wakeup } from './timeline.ts';

/** What is known of an exchange when it begins. */
export interface ExchangeNaming {
  /** `null`: the count of arrival. */
  readonly number: number | null;
  readonly traceparent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  /** `null`: no HTTP request. */
  readonly request: LimitedRequest | null;
}

export interface ExchangeStart {
  readonly naming: ExchangeNaming;
  readonly proxy: string;
  readonly number: number;
  readonly connectionNumber: number;
  readonly connection: object;
  /** The client's socket; its address is asked of the system only where a fault counts by clients. */
  readonly client: { readonly remoteAddress?: string | undefined };
  readonly startedAtMs: number;
}

/** The naming of bytes that are no HTTP request. */
export const UNNAMED: ExchangeNaming = {
  number: null,
  traceparent: null,
  method: null,
  path: null,
  request: null,
};

/**
 * Stands for no exchange: the end of an idle connection, or bytes that nobody asked for. It has no number, so that
 * the others are counted by requests alone, no fault meets it, and no record is kept of it.
 */
export function strayExchange(connection: object): LiveExchange {
  const exchange = new LiveExchange({
    naming: UNNAMED,
    proxy: '',
    number: STRAY,
    connectionNumber: STRAY,
    connection,
    client: {},
    startedAtMs: 0,
  });
  exchange.ended = true;
  return exchange;
}

const STRAY = -1;

const NO_HITS: readonly Hit[] = [];

/**
 * An exchange under way: what its faults have drawn, and what has been done to it.
 *
 * `injectedMs` of its record is the time that the last piece of the request waited at faults plus the time that the
 * last piece of the response did, and before that the time for which bytes were not even read, since faults held as
 * many as may wait. The upstream cannot end before it has the whole request, and the client not
 * before it has the whole response, so observed time less `injectedMs` is what the upstream took; a delay that an
 * answer streamed past does not count.
 */
export class LiveExchange extends Member<LiveExchange> implements FaultedExchange {
  status: number | null = null;
  ended = false;
  readonly #start: ExchangeStart;
  readonly #requestFlow: FlowTally = openFlowTally();
  readonly #responseFlow: FlowTally = openFlowTally();
  #lastActiveMs: number;
  #told = false;
  /** When bytes came that no record has told of; `null`: none have. */
  #wentOnAtMs: number | null = null;
  // What only faults need is made when one asks: most exchanges pass without.
  #draws: Map<ActiveFault, boolean> | null = null;
  #grips: Map<Stage, FlowFault> | null = null;
  #hits: Hits | null = null;
  #wakeups: Wakeup[] | null = null;
  #outsideOf: number[] | null = null;

  constructor(start: ExchangeStart) {
    super();
    this.#start = start;
    this.#lastActiveMs = start.startedAtMs;
  }

  get number(): number {
    return this.#start.number;
  }

  get startedAtMs(): number {
    return this.#start.startedAtMs;
  }

  get connection(): object {
    return this.#start.connection;
  }

  get client(): string {
    return this.#start.client.remoteAddress ?? '';
  }

  get request(): LimitedRequest | null {
    return this.#start.naming.request;
  }

  get draws(): Map<ActiveFault, boolean> {
    this.#draws ??= new Map();
    return this.#draws;
  }

  get grips(): Map<Stage, FlowFault> {
    this.#grips ??= new Map();
    return this.#grips;
  }

  get outsideOf(): number[] {
    this.#outsideOf ??= [];
    return this.#outsideOf;
  }

  get isStray(): boolean {
    return this.#start.number === STRAY;
  }

  /** Hits that no record has told of yet. */
  get hitCount(): number {
    return this.#hits?.count ?? 0;
  }

  get requested(): boolean {
    return this.#requestFlow.came;
  }

  get responded(): boolean {
    return this.#responseFlow.came;
  }

  /** Whether its records say all that happened so far. */
  get isTold(): boolean {
    return this.isStray || (this.#told && this.#wentOnAtMs === null && this.hitCount === 0);
  }

  /** Keeps a wake-up asked for its sake, to be cancelled when it ends. */
  keepWakeup(wakeup: Wakeup): void {
    this.#wakeups ??= [];
    this.#wakeups.push(wakeup);
  }

  cancelWakeups(): void {
    for (const wakeup of this.#wakeups ?? []) wakeup.cancel();
  }

  /** Throws away the bytes of that flow from now on, as the proxy itself answers. */
  drop(flow: ByteFlow): void {
    this.#tallyOf(flow).isDropped = true;
  }

  isDropped(flow: ByteFlow): boolean {
    return this.#tallyOf(flow).isDropped;
  }

  /** Counts bytes that arrived at the proxy. */
  arrive(flow: ByteFlow, bytes: number, atMs: number): void {
    const tally = this.#tallyOf(flow);
    tally.came = true;
    tally.bytes += bytes;
    this.#wentOnAtMs ??= atMs;
  }

  /** Notes that a piece came, and how long its flow had been kept from being read until then. */
  meet(flow: ByteFlow, pausedMs: number): void {
    this.#tallyOf(flow).pausedBeforeMs ??= pausedMs;
  }

  /** Notes that a piece left the proxy, after it waited at faults for `waitedMs`; `pausedMs` as for `meet`. */
  leave(flow: ByteFlow, waitedMs: number, pausedMs: number, nowMs: number): void {
    const tally = this.#tallyOf(flow);
    tally.waitedMs = waitedMs + pausedMs - (tally.pausedBeforeMs ?? pausedMs);
    this.#lastActiveMs = nowMs;
  }

  /** What faults did to it so far. */
  get hits(): Hits {
    this.#hits ??= new Hits();
    return this.#hits;
  }

  /**
   * The exchange as the ledger keeps it; `endedAtMs` absent: when its last byte left. What comes after that goes into a
   * record of its own, which says that it `continues`.
   */
  record(outcome: ExchangeOutcome, endedAtMs = this.#lastActiveMs): Exchange {
    const { proxy, number, connectionNumber, naming } = this.#start;
    const [request, response] = [this.#requestFlow, this.#responseFlow];
    const answered = outcome === 'complete' || (outcome === 'injected' && this.status !== null);
    const hits = this.#hits?.list() ?? NO_HITS;
    const startedAtMs = this.#told ? this.#firstUntoldMs(hits) : this.startedAtMs;
    const record: Exchange = {
      proxy,
      number,
      connection: connectionNumber,
      traceparent: naming.traceparent,
      method: naming.method,
      path: naming.path,
      startedAtMs,
      endedAtMs: Math.max(startedAtMs, endedAtMs),
      requestBytes: request.bytes,
      responseBytes: response.bytes,
      status: this.status,
      outcome,
      injectedMs: answered && !this.#told ? request.waitedMs + response.waitedMs : null,
      hits,
      ...(this.#outsideOf === null ? {} : { outsideOf: this.#outsideOf }),
      ...(this.#told ? { continues: true } : {}),
    };
    this.#told = true;
    this.#wentOnAtMs = null;
    request.bytes = 0;
    response.bytes = 0;
    this.#hits = this.#hits?.rest() ?? null;
    return record;
  }

  #firstUntoldMs(hits: readonly Hit[]): number {
    const times = hits.map(({ atMs }) => atMs);
    return Math.min(...times, this.#wentOnAtMs ?? times[0] ?? this.#lastActiveMs);
  }

  #tallyOf(flow: ByteFlow): FlowTally {
    return flow === 'request' ? this.#requestFlow : this.#responseFlow;
  }
}
