import type { Upstream } from '../types.ts';
import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import type { ExchangeNaming, LiveExchange } from './exchange.ts';
import type { Act, ByteFlow } from './fault.ts';
import type { Parcel } from './parcel.ts';

/** What a view may ask of its connection. */
export interface ViewHost {
  /** `host:port` under which a client may name the proxy itself. */
  readonly ownNames: readonly string[];
  /** `host[:port]` of the upstream, as a Host field has it. */
  readonly upstreamAuthority: string;
  readonly isOver: boolean;
  begin(naming: ExchangeNaming): LiveExchange;
  /** Ends an exchange and writes its record. */
  finish(exchange: LiveExchange, outcome: ExchangeOutcome): void;
  push(flow: ByteFlow, parcel: Parcel, fromLane?: number): void;
  /** Turns to another upstream, for what is sent from now on; `false`: the one before is still answering. */
  retarget(upstream: Upstream): boolean;
  /** Connects to the upstream for the sake of that exchange, unless that is done or under way. */
  connect(exchange: LiveExchange): void;
  send(flow: ByteFlow, data: Buffer): void;
  sendEnd(flow: ByteFlow): void;
  /** Whether nothing waits in the flow. */
  isIdle(flow: ByteFlow): boolean;
  /** Ends the connection in order, once what was sent has left. */
  close(outcome: ExchangeOutcome): void;
  reset(outcome: ExchangeOutcome): void;
}

/** How a connection's bytes are cut into exchanges: raw TCP or HTTP. */
export interface View {
  open(): void;
  /** Bytes came from the sender of that flow, at `atMs`. */
  receive(flow: ByteFlow, chunk: Buffer, atMs: number): void;
  /** Nothing more will come on that flow: what was kept for what should follow goes on. */
  release?(flow: ByteFlow): void;
  /** The sender of that flow ended its stream. */
  receiveEnd(flow: ByteFlow): void;
  /** A parcel came through its flow. */
  deliver(flow: ByteFlow, parcel: Parcel): void;
  answer(flow: ByteFlow, parcel: Parcel, act: Act & { readonly do: 'answer' }, lane: number): void;
  /** The upstream accepted the connection; nothing of it has been received yet. */
  connected?(): void;
  unreachable(failure: DialFailure): void;
  /** The connection is over: what is still under way ends with that outcome. */
  over(outcome: ExchangeOutcome): void;
  /** Exchanges under way. */
  live(): Iterable<LiveExchange>;
  /** Outcome of an exchange under way that has in fact been answered in full, as far as can be known. */
  settledOutcome(exchange: LiveExchange): ExchangeOutcome | null;
}
