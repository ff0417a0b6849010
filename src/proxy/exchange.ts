import type { Exchange, ExchangeOutcome, Flow, Hit } from '../types-run.ts';
import type { ByteFlow, FlowFault } from './fault.ts';
import type { LimitedRequest } from './limit.ts';
import type { ActiveFault, FaultedExchange, Stage } from './program.ts';
import type { Wakeup } from './timeline.ts';

export interface ExchangeStart {
  readonly proxy: string;
  readonly number: number;
  readonly connectionNumber: number;
  readonly connection: object;
  readonly client: string;
  readonly startedAtMs: number;
  readonly traceparent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly request: LimitedRequest | null;
}

/**
 * Stands for no exchange: the end of an idle connection, or bytes that nobody asked for. It has no number, so that
 * the others are counted by requests alone, no fault meets it, and no record is kept of it.
 */
export function strayExchange(connection: object): LiveExchange {
  const unnamed = { traceparent: null, method: null, path: null, request: null };
  const exchange = new LiveExchange({
    ...unnamed,
    proxy: '',
    number: STRAY,
    connectionNumber: STRAY,
    connection,
    client: '',
    startedAtMs: 0,
  });
  exchange.ended = true;
  exchange.recorded = true;
  return exchange;
}

const STRAY = -1;

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

/**
 * An exchange under way: what its faults have drawn, and what has been done to it.
 *
 * `injectedMs` of its record is the time that the last piece of the request waited at faults plus the time that the
 * last piece of the response did, and before that the time for which bytes were not even read, since faults held as
 * many as may wait. The upstream cannot end before it has the whole request, and the client not
 * before it has the whole response, so observed time less `injectedMs` is what the upstream took; a delay that an
 * answer streamed past does not count.
 */
export class LiveExchange implements FaultedExchange {
  readonly number: number;
  readonly startedAtMs: number;
  readonly connection: object;
  readonly client: string;
  readonly method: string | null;
  readonly request: LimitedRequest | null;
  readonly outsideOf: number[] = [];
  readonly draws = new Map<ActiveFault, boolean>();
  readonly grips = new Map<Stage, FlowFault>();
  /** Bytes of that flow are thrown away, as the proxy itself answers. */
  readonly dropped: Record<ByteFlow, boolean> = { request: false, response: false };
  status: number | null = null;
  /** Whether its record has been given out or written. */
  recorded = false;
  ended = false;
  /** Wake-ups asked for its sake, to be cancelled when it ends. */
  readonly wakeups: Wakeup[] = [];
  readonly #start: ExchangeStart;
  readonly #hits = new Map<string, HitTally>();
  readonly #waitedMs: Record<ByteFlow, number> = { request: 0, response: 0 };
  readonly #pausedBeforeMs: Record<ByteFlow, number | null> = { request: null, response: null };
  readonly #bytes: Record<ByteFlow, number> = { request: 0, response: 0 };
  #lastActiveMs: number;

  constructor(start: ExchangeStart) {
    this.#start = start;
    this.number = start.number;
    this.startedAtMs = start.startedAtMs;
    this.connection = start.connection;
    this.client = start.client;
    this.method = start.method;
    this.request = start.request;
    this.#lastActiveMs = start.startedAtMs;
  }

  get isStray(): boolean {
    return this.number === STRAY;
  }

  get hitCount(): number {
    return this.#hits.size;
  }

  get requested(): boolean {
    return this.#bytes.request > 0;
  }

  get responded(): boolean {
    return this.#bytes.response > 0;
  }

  /** Counts bytes that arrived at the proxy. */
  arrive(flow: ByteFlow, bytes: number): void {
    this.#bytes[flow] += bytes;
  }

  /** Notes that a piece came, and how long its flow had been kept from being read until then. */
  meet(flow: ByteFlow, pausedMs: number): void {
    this.#pausedBeforeMs[flow] ??= pausedMs;
  }

  /** Notes that a piece left the proxy, after it waited at faults for `waitedMs`; `pausedMs` as for `meet`. */
  leave(flow: ByteFlow, waitedMs: number, pausedMs: number, nowMs: number): void {
    this.#waitedMs[flow] = waitedMs + pausedMs - (this.#pausedBeforeMs[flow] ?? pausedMs);
    this.#lastActiveMs = nowMs;
  }

  /** Notes that a fault begins to hold a piece. */
  hold(fault: ActiveFault, flow: Flow, atMs: number, bytes: number): void {
    const tally = this.#tally(fault, flow, atMs);
    tally.held += 1;
    tally.bytes += bytes;
  }

  /** Notes that a held piece went on. */
  release(fault: ActiveFault, flow: Flow, heldMs: number): void {
    const tally = this.#tally(fault, flow, 0);
    tally.held -= 1;
    tally.longestMs = Math.max(tally.longestMs, heldMs);
  }

  /** Notes an act other than holding. */
  act(fault: ActiveFault, flow: Flow, atMs: number, status: number | null): void {
    const tally = this.#tally(fault, flow, atMs);
    tally.status ??= status;
  }

  /** The exchange as the ledger keeps it; `endedAtMs` absent: when its last byte left. */
  record(outcome: ExchangeOutcome, endedAtMs = this.#lastActiveMs): Exchange {
    const { proxy, connectionNumber, traceparent, path } = this.#start;
    const answered = outcome === 'complete' || (outcome === 'injected' && this.status !== null);
    return {
      proxy,
      number: this.number,
      connection: connectionNumber,
      traceparent,
      method: this.method,
      path,
      startedAtMs: this.startedAtMs,
      endedAtMs,
      requestBytes: this.#bytes.request,
      responseBytes: this.#bytes.response,
      status: this.status,
      outcome,
      injectedMs: answered ? this.#waitedMs.request + this.#waitedMs.response : null,
      hits: [...this.#hits.values()].map(toHit),
      ...(this.outsideOf.length === 0 ? {} : { outsideOf: this.outsideOf }),
    };
  }

  #tally(fault: ActiveFault, flow: Flow, atMs: number): HitTally {
    const key = `${fault.index} ${flow}`;
    const known = this.#hits.get(key);
    if (known !== undefined) return known;
    const { index: faultIndex, type } = fault;
    const tally = { faultIndex, type, flow, atMs, longestMs: 0, held: 0, bytes: 0, status: null };
    this.#hits.set(key, tally);
    return tally;
  }
}

function toHit({ faultIndex, type, flow, atMs, longestMs, held, bytes, status }: HitTally): Hit {
  return { faultIndex, type, flow, atMs, delayMs: held > 0 ? null : longestMs, bytes, status };
}
