import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import type { LiveExchange } from './exchange.ts';
import type { ByteFlow } from './fault.ts';
import { type Parcel, parcelOf } from './parcel.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

const UNNAMED = { number: null, traceparent: null, method: null, path: null };

/**
 * Raw TCP: an exchange begins with the connection, and again whenever bytes come from the client after bytes came
 * back, so that a pool opened long before a fault feels it.
 */
export class TcpView implements View {
  readonly #host: ViewHost;
  readonly #timeline: Timeline;
  readonly #live = new Set<LiveExchange>();
  #current: LiveExchange | null = null;
  #upstreamEnded = false;

  constructor(host: ViewHost, timeline: Timeline) {
    this.#host = host;
    this.#timeline = timeline;
  }

  open(): void {
    const exchange = this.#begin();
    if (!this.#host.isOver) this.#host.connect(exchange);
  }

  receive(flow: ByteFlow, chunk: Buffer): void {
    const exchange = this.#exchangeOf(flow);
    if (this.#host.isOver) return;
    exchange.arrive(flow, chunk.length);
    this.#host.push(flow, parcelOf(exchange, chunk, this.#timeline.now()));
  }

  receiveEnd(flow: ByteFlow): void {
    const exchange = this.#current ?? this.#begin();
    if (this.#host.isOver) return;
    if (flow === 'response') this.#upstreamEnded = true;
    this.#host.push(flow, parcelOf(exchange, null, this.#timeline.now(), { kind: 'end', role: 'fin' }));
  }

  deliver(flow: ByteFlow, parcel: Parcel): void {
    if (parcel.role === 'fin') this.#host.sendEnd(flow);
    else if (parcel.role === 'mark') this.#finish(parcel.exchange, 'complete');
    else if (parcel.data !== null) this.#host.send(flow, parcel.data);
  }

  answer(): void {
    // Raw TCP has no heads, which is where answers take the place of bytes.
  }

  unreachable({ outcome }: DialFailure): void {
    // A port that accepts and then resets is as near to one that refuses as a listening proxy comes.
    this.#host.reset(outcome);
  }

  over(outcome: ExchangeOutcome): void {
    const inOrder = outcome === 'client_gone' || outcome === 'unfinished' || this.#upstreamEnded;
    for (const exchange of this.#live) {
      const silent = !exchange.requested && !exchange.responded;
      const settled = silent ? 'complete' : this.settledOutcome(exchange);
      this.#finish(exchange, inOrder && settled !== null ? settled : outcome);
    }
  }

  live(): Iterable<LiveExchange> {
    return this.#live;
  }

  settledOutcome(exchange: LiveExchange): ExchangeOutcome | null {
    const quiet = this.#host.isIdle('request') && this.#host.isIdle('response');
    return quiet && exchange.responded ? 'complete' : null;
  }

  #exchangeOf(flow: ByteFlow): LiveExchange {
    const current = this.#current;
    if (current === null) return this.#begin();
    if (flow === 'response' || !current.responded) return current;
    // It ends when the last byte of its answer has left, which may still be held.
    const mark = parcelOf(current, null, this.#timeline.now(), { kind: 'end', role: 'mark' });
    this.#host.push('response', mark);
    return this.#begin();
  }

  #begin(): LiveExchange {
    const exchange = this.#host.begin(UNNAMED);
    this.#current = exchange;
    if (!exchange.ended) this.#live.add(exchange);
    return exchange;
  }

  #finish(exchange: LiveExchange, outcome: ExchangeOutcome): void {
    this.#live.delete(exchange);
    this.#host.finish(exchange, outcome);
  }
}
