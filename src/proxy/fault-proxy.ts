import type { Socket } from 'node:net';
import { AppError } from '../errors.ts';
import { Roster } from '../roster.ts';
import type { Upstream } from '../types.ts';
import type { ProxySpec, ProxyTraffic } from '../types-proxy.ts';
import type { Exchange, FaultProgram } from '../types-run.ts';
import { openTlsGate, type TlsGate } from './client-tls.ts';
import { Connection } from './connection.ts';
import type { ConnectionHost } from './connection-host.ts';
import { openReach, type Reach } from './dial.ts';
import { isInjected } from './dial-failure.ts';
import type { ByteFlow } from './fault.ts';
import { isHttp } from './fit.ts';
import { isForward, matchOrigins, namesOrigins } from './forward.ts';
import { ForwardView } from './forward-view.ts';
import { HeldBytes } from './held-bytes.ts';
import { HttpView } from './http-view.ts';
import { Ledger } from './ledger.ts';
import { type Listener, listen } from './listener.ts';
import { formatAuthority, originKey } from './mapping.ts';
import { type LiveProgram, startProgram } from './program.ts';
import { TcpView } from './tcp-view.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

export interface TakenExchanges {
  readonly exchanges: readonly Exchange[];
  readonly dropped: number;
}

const NO_FAULTS: LiveProgram = { faults: [], stages: { request: [], response: [] }, hasAlarms: false };
const DEFAULT_HTTP_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
/** Turns of the event loop after which what the kernel already knows of closed sockets has been read. */
const SETTLING_TURNS = 3;

/** One listening port with its upstream, its faults and its ledger. */
export class FaultProxy implements ConnectionHost {
  readonly name: string;
  readonly upstream: ProxySpec['upstream'];
  readonly reach: Reach;
  readonly timeline: Timeline;
  readonly upstreamAuthority: string;
  readonly held = new HeldBytes();
  readonly #connections = new Roster<Connection>();
  readonly #ledger: Ledger;
  #ownNames: readonly string[] = [];
  #listener: Listener | null = null;
  readonly #gate: TlsGate | null;
  #program: LiveProgram;
  #draws: string;
  #nextExchange = 0;
  readonly #isForward: boolean;
  #isFaulted: (upstream: Upstream) => boolean;

  constructor(spec: ProxySpec, program: FaultProgram, timeline: Timeline) {
    this.name = spec.name;
    this.#ledger = new Ledger(spec.name);
    this.upstream = spec.upstream;
    this.reach = openReach(spec.tls, spec.allowHosts ?? []);
    this.#isForward = isForward(spec);
    this.#isFaulted = isForward(spec) ? matchOrigins(spec.origins) : () => true;
    this.timeline = timeline;
    this.#gate =
      spec.clientTls === undefined
        ? null
        : openTlsGate(spec.clientTls, isHttp(spec.upstream) ? ['http/1.1'] : [], (socket) =>
            this.#accept(socket),
          );
    const { protocol, host, port } = spec.upstream;
    const bracketed = formatAuthority({ host, port });
    this.upstreamAuthority =
      DEFAULT_HTTP_PORTS[protocol] === port ? bracketed.slice(0, bracketed.lastIndexOf(':')) : bracketed;
    this.#program = startProgram(program, null);
    this.#draws = drawsKey(program);
  }

  /**
   * Begins to listen and gives the port.
   *
   * @throws AppError PORT_IN_USE, or BAD_INPUT when the port is that of its own upstream.
   */
  async open(port: number): Promise<number> {
    this.#listener = await listen(port, (socket) =>
      this.#gate === null ? this.#accept(socket) : this.#gate.admit(socket),
    );
    const taken = this.#listener.port;
    if (originKey(this.upstream) === originKey(`localhost:${taken}`) && !this.#isForward) {
      await this.close();
      throw passesToItself(taken);
    }
    this.#ownNames = LOOPBACK_NAMES.map((name) => `${name}:${taken}`);
    return taken;
  }

  get ownNames(): readonly string[] {
    return this.#ownNames;
  }

  /** Goes on with other faults; exchanges of another item are counted from 0 again. */
  setProgram(program: FaultProgram): void {
    const started = startProgram(program, this.#program);
    this.#program = started;
    if (this.#isForward && namesOrigins(program)) this.#isFaulted = matchOrigins(program.origins);
    const draws = drawsKey(program);
    if (draws !== this.#draws) this.#nextExchange = 0;
    this.#draws = draws;
    for (const connection of [...this.#connections]) connection.replan();
  }

  /**
   * Gives the records since the last time. An exchange that has been answered, though a pool keeps its connection
   * open, and one whose client has gone count as ended; `unfinished` asks for those still under way too. What happens
   * to one of them later is told by a further record.
   */
  async take(unfinished: boolean): Promise<TakenExchanges> {
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await nextTurn();
    for (const connection of this.#connections) this.#recordOpen(connection, unfinished);
    return this.#ledger.take();
  }

  traffic(): ProxyTraffic {
    const open = { hits: 0, requestSentBytes: 0, responseSentBytes: 0 };
    for (const connection of this.#connections) {
      open.requestSentBytes += connection.sentBytes('request');
      open.responseSentBytes += connection.sentBytes('response');
      for (const exchange of connection.view.live()) open.hits += exchange.hitCount;
    }
    return this.#ledger.count(open);
  }

  /** Ends every connection and stops listening; the port is free when it resolves. */
  async close(): Promise<ProxyTraffic> {
    const traffic = this.traffic();
    const stopped = this.#listener?.close();
    this.#gate?.close();
    for (const connection of [...this.#connections]) connection.end('unfinished', false);
    await stopped;
    return traffic;
  }

  programFor(upstream: Upstream): LiveProgram {
    return this.#isFaulted(upstream) ? this.#program : NO_FAULTS;
  }

  nextExchangeNumber(): number {
    this.#nextExchange += 1;
    return this.#nextExchange - 1;
  }

  began(): void {
    this.#ledger.exchanges += 1;
  }

  countBytes(flow: ByteFlow, bytes: number): void {
    if (flow === 'request') this.#ledger.requestBytes += bytes;
    else this.#ledger.responseBytes += bytes;
  }

  record(exchange: Exchange): void {
    this.#ledger.add(exchange);
  }

  unreached(reason: string): void {
    if (isInjected(reason)) return;
    this.#ledger.unreached += 1;
    this.#ledger.unreachedReason = reason;
  }

  over(connection: Connection): void {
    if (!this.#connections.remove(connection)) return;
    this.#ledger.openConnections -= 1;
    this.#ledger.requestSentBytes += connection.sentBytes('request');
    this.#ledger.responseSentBytes += connection.sentBytes('response');
  }

  viewOf(host: ViewHost): View {
    if (this.#isForward) return new ForwardView(host, this.timeline);
    return isHttp(this.upstream)
      ? new HttpView(host, this.timeline)
      : new TcpView(host, this.timeline, this.upstream.protocol === 'psqls');
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#ledger.connections, this);
    this.#ledger.connections += 1;
    this.#ledger.openConnections += 1;
    this.#connections.add(connection);
    connection.open();
  }

  #recordOpen(connection: Connection, unfinished: boolean): void {
    for (const exchange of connection.view.live()) {
      if (exchange.isTold) continue;
      const settled = connection.view.settledOutcome(exchange);
      const outcome = settled ?? (connection.clientEnded ? 'client_gone' : unfinished ? 'unfinished' : null);
      if (outcome === null) continue;
      this.#ledger.add(exchange.record(outcome, settled === null ? this.timeline.now() : undefined));
    }
  }
}

/** Each connection would make another one, until there are no more sockets. */
function passesToItself(port: number): AppError {
  return new AppError(
    'BAD_INPUT',
    `The proxy would pass to itself: port ${port} is its own and its upstream's.`,
    {
      hint: 'Let the proxy listen on another port, or name the one on which the service listens.',
    },
  );
}

function drawsKey({ seed, itemKey, epochMs }: FaultProgram): string {
  return JSON.stringify([seed, itemKey, epochMs]);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
