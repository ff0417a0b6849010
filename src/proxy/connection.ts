import { isIP, type Socket } from 'node:net';
import { Member } from '../roster.ts';
import type { Upstream } from '../types.ts';
import type { ExchangeOutcome } from '../types-run.ts';
import { findResolveFailure, watchAlarms } from './alarms.ts';
import type { ConnectionHost } from './connection-host.ts';
import { type ExchangeNaming, LiveExchange } from './exchange.ts';
import { findReset } from './farewell.ts';
import type { Act, ByteFlow } from './fault.ts';
import { Flow, type FlowSink } from './flow.ts';
import { originKey } from './mapping.ts';
import { type Parcel, resetOf } from './parcel.ts';
import type { LiveProgram } from './program.ts';
import { SocketPair } from './socket-pair.ts';
import type { View, ViewHost } from './view.ts';

/** One client's connection through a proxy: two sockets, two flows, and the exchanges that pass. */
export class Connection extends Member<Connection> implements ViewHost {
  readonly number: number;
  readonly ownNames: readonly string[];
  readonly upstreamAuthority: string;
  readonly view: View;
  readonly #host: ConnectionHost;
  readonly #sockets: SocketPair;
  readonly #flows: Readonly<Record<ByteFlow, Flow>>;
  #upstream: Upstream;
  #clientEnded = false;
  #failure: ExchangeOutcome | null = null;
  #closing = false;
  #over = false;

  constructor(client: Socket, number: number, host: ConnectionHost) {
    super();
    this.number = number;
    this.#host = host;
    this.ownNames = host.ownNames;
    this.upstreamAuthority = host.upstreamAuthority;
    this.#upstream = host.upstream;
    const { stages } = host.programFor(host.upstream);
    const flowOf = (flow: ByteFlow) => {
      const sink: FlowSink = {
        deliver: (parcel) => this.#deliver(flow, parcel),
        answer: (parcel, act, lane) => this.view.answer(flow, parcel, act, lane),
        pausedMs: () => this.#sockets.pausedMs(flow),
      };
      return new Flow(flow, stages[flow], host.timeline, sink, host.held);
    };
    this.#flows = { request: flowOf('request'), response: flowOf('response') };
    this.view = host.viewOf(this);
    this.#sockets = new SocketPair(client, host.timeline, {
      receive: (flow, chunk, atMs) => {
        host.countBytes(flow, chunk.length);
        this.view.receive(flow, chunk, atMs);
        this.#endIfStuck();
      },
      receiveEnd: (flow) => this.#receiveEnd(flow),
      connected: () => {
        this.#failure = null;
        this.view.connected?.();
      },
      unreachable: (failure) => {
        this.#failure = failure.outcome;
        host.unreached(failure.reason);
        this.view.unreachable(failure);
        this.#sockets.regulate();
      },
      upstreamReset: () => this.#passResetOn(),
      clientReset: () => this.end('client_gone', true),
      closed: () => this.end(this.#failure ?? 'client_gone', false),
      mayRead: (flow) => this.#flows[flow].heldBytes <= this.#flows[flow].readAheadBytes,
      isIdle: (flow) => this.#flows[flow].isEmpty,
    });
  }

  open(): void {
    this.view.open();
  }

  get isOver(): boolean {
    return this.#over || this.#closing;
  }

  get clientEnded(): boolean {
    return this.#clientEnded;
  }

  sentBytes(flow: ByteFlow): number {
    return this.#sockets.sentBytes(flow);
  }

  /** Goes on with other faults. */
  replan(): void {
    const program = this.#program();
    for (const flow of ['request', 'response'] as const) this.#flows[flow].replan(program.stages[flow]);
    for (const exchange of [...this.view.live()]) this.#watch(exchange);
    this.#sockets.regulate();
  }

  retarget(upstream: Upstream): boolean {
    const known = this.#upstream;
    if (originKey(upstream) === originKey(known) && upstream.protocol === known.protocol) return true;
    if ([...this.view.live()].length > 0) return false;
    this.#upstream = upstream;
    this.#sockets.detach();
    this.replan();
    return true;
  }

  begin(naming: ExchangeNaming): LiveExchange {
    const { timeline, name } = this.#host;
    const exchange = new LiveExchange({
      number: naming.number ?? this.#host.nextExchangeNumber(),
      proxy: name,
      naming,
      connection: this,
      connectionNumber: this.number,
      client: this.#sockets.client,
      startedAtMs: timeline.now(),
    });
    this.#host.began();
    this.#watch(exchange);
    return exchange;
  }

  finish(exchange: LiveExchange, outcome: ExchangeOutcome): void {
    if (exchange.ended) return;
    exchange.ended = true;
    exchange.cancelWakeups();
    if (exchange.isTold) return;
    const whole = outcome === 'complete' || outcome === 'injected';
    this.#host.record(exchange.record(outcome, whole ? undefined : this.#host.timeline.now()));
  }

  push(flow: ByteFlow, parcel: Parcel, fromLane = 0): void {
    if (!this.isOver) this.#flows[flow].push(parcel, fromLane);
  }

  connect(exchange: LiveExchange): void {
    if (this.#sockets.isConnected || (this.#sockets.isConnecting && !this.#sockets.connectsInVain)) return;
    const nowMs = this.#host.timeline.now();
    const failing =
      isIP(this.#upstream.host) === 0 ? findResolveFailure(exchange, this.#program(), nowMs) : null;
    if (failing === null) this.#sockets.connect(this.#upstream, this.#host.reach);
    else {
      exchange.hits.act(failing.fault, 'connection', nowMs, null);
      const outcome = failing.failure === 'timeout' ? 'upstream_timeout' : 'upstream_error';
      this.#sockets.connectInVain({ outcome, reason: `injected_dns_${failing.failure}` }, failing.atMs);
    }
  }

  send(flow: ByteFlow, data: Buffer): void {
    this.#sockets.send(flow, data);
  }

  sendEnd(flow: ByteFlow): void {
    this.#sockets.sendEnd(flow);
  }

  isIdle(flow: ByteFlow): boolean {
    return this.#flows[flow].isEmpty;
  }

  close(outcome: ExchangeOutcome): void {
    if (this.isOver) return;
    this.#closing = true;
    this.#finishAll(outcome);
    this.#sockets.close();
  }

  reset(outcome: ExchangeOutcome): void {
    this.end(outcome, true);
  }

  /** Ends everything now; exchanges under way end with `outcome`. */
  end(outcome: ExchangeOutcome, byReset: boolean): void {
    if (this.#over) return;
    this.#finishAll(outcome);
    this.#over = true;
    if (byReset) this.#sockets.reset();
    else this.#sockets.destroy();
    this.#host.over(this);
  }

  #program(): LiveProgram {
    return this.#host.programFor(this.#upstream);
  }

  #watch(exchange: LiveExchange): void {
    if (!this.#program().hasAlarms) return;
    watchAlarms(exchange, {
      timeline: this.#host.timeline,
      program: () => this.#program(),
      isOver: () => this.isOver,
      settledOutcome: () => this.view.settledOutcome(exchange),
      record: (record) => this.#host.record(record),
      perform: (act) => {
        this.#perform(act, null);
        // A view that is only beginning this exchange does not list it yet.
        this.finish(exchange, 'cut');
      },
    });
  }

  #finishAll(outcome: ExchangeOutcome): void {
    this.view.over(outcome);
    for (const flow of Object.values(this.#flows)) flow.close();
  }

  #deliver(flow: ByteFlow, parcel: Parcel): void {
    if (parcel.act !== null) this.#perform(parcel.act, parcel.actor === null ? this.#failure : null);
    else this.view.deliver(flow, parcel);
    this.#sockets.regulate();
  }

  #perform(act: Act, outcome: ExchangeOutcome | null): void {
    if (act.do === 'reset') this.reset(outcome ?? 'cut');
    else if (act.do === 'close') {
      const closeNow = () => this.close('cut');
      if (act.delayMs <= 0) closeNow();
      else this.#host.timeline.at(this.#host.timeline.now() + act.delayMs, closeNow);
    }
  }

  #receiveEnd(flow: ByteFlow): void {
    if (flow === 'request') this.#clientEnded = true;
    else this.#failure ??= this.#clientEnded ? 'client_gone' : 'upstream_reset';
    // What faults hold would else be waited for, with nobody there to get it.
    if (flow === 'request' && this.#program().faults.length > 0) findReset(this.#sockets.client);
    this.view.receiveEnd(flow);
    this.#endIfStuck();
  }

  /** A client that has ended waits for nothing that never comes: its sockets must not stay behind. */
  #endIfStuck(): void {
    if (!this.#clientEnded || this.#over) return;
    if (this.#flows.request.isStuck || this.#flows.response.isStuck) this.end('client_gone', false);
  }

  /** The upstream reset: the client sees that, after what came before it. */
  #passResetOn(): void {
    this.#failure = 'upstream_reset';
    this.view.release?.('response');
    const [exchange] = this.view.live();
    if (exchange === undefined || this.#flows.response.isEmpty) this.reset('upstream_reset');
    else this.push('response', resetOf(exchange, this.#host.timeline.now()));
  }
}
