import { Roster } from '../roster.ts';
import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import { type LiveExchange, UNNAMED } from './exchange.ts';
import type { ByteFlow } from './fault.ts';
import { type Parcel, parcelOf } from './parcel.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

/** SSLRequest and GSSENCRequest of PostgreSQL's protocol. */
const PG_ENCRYPTION_REQUESTS = [80_877_103, 80_877_104].map((code) => {
  const message = Buffer.alloc(8);
  message.writeInt32BE(8);
  message.writeInt32BE(code, 4);
  return message;
});
const PG_DECLINED = Buffer.from('N');

/**
 * Raw TCP: an exchange begins with the connection, and again whenever bytes come from the client after bytes came
 * back, so that a pool opened long before a fault feels it.
 */
export class TcpView implements View {
  readonly #host: ViewHost;
  readonly #timeline: Timeline;
  readonly #live = new Roster<LiveExchange>();
  #current: LiveExchange | null = null;
  #upstreamEnded = false;
  readonly #declinesTls: boolean;

  /** `declinesTls`: what a PostgreSQL client asks about encryption is answered "no", since the proxy encrypts. */
  constructor(host: ViewHost, timeline: Timeline, declinesTls = false) {
    this.#host = host;
    this.#timeline = timeline;
    this.#declinesTls = declinesTls;
  }

  open(): void {
    const exchange = this.#begin();
    if (!this.#host.isOver) this.#host.connect(exchange);
  }

  receive(flow: ByteFlow, chunk: Buffer, atMs: number): void {
    if (flow === 'request' && this.#declinesTls && PG_ENCRYPTION_REQUESTS.some((ask) => ask.equals(chunk))) {
      this.#host.send('response', PG_DECLINED);
      return;
    }
    const exchange = this.#exchangeOf(flow);
    if (this.#host.isOver) return;
    exchange.arrive(flow, chunk.length, atMs);
    this.#host.push(flow, parcelOf(exchange, chunk, atMs));
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
    for (const exchange of [...this.#live]) {
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
    if (this.#host.isIdle('response')) {
      this.#finish(current, 'complete');
      return this.#begin();
    }
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
    this.#live.remove(exchange);
    this.#host.finish(exchange, outcome);
  }
}
