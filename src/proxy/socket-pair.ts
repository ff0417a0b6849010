import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Upstream, UpstreamTls } from '../types.ts';

import { type Dial, type DialFailure, dial } from './dial.ts';
import type { ByteFlow } from './fault.ts';
import { PauseMeter } from './pause-meter.ts';
import type { Timeline } from './timeline.ts';

export interface SocketPairEvents {
  receive(flow: ByteFlow, chunk: Buffer): void;
  receiveEnd(flow: ByteFlow): void;
  connected(): void;
  unreachable(failure: DialFailure): void;
  upstreamReset(): void;
  clientReset(): void;
  /** Both sides are closed, or as good as that. */
  closed(): void;
  /** Whether the faults of that flow take more bytes. */
  mayRead(flow: ByteFlow): boolean;
  isIdle(flow: ByteFlow): boolean;
}

/** Bytes that wait for a receiver, or for the connection to it, before reading pauses. */
const OUTBOX_BYTES = 256 * 1024;
/** Time that a client has to take note of an orderly close. */
const LINGER_MS = 2_000;
/**
 * Time between the last bytes and a reset. A receiver built on libuv that finds both at once takes them for an
 * orderly end (it looks no further when a short read comes with a hang-up).
 */
const RESET_GAP_MS = 3;

/** The two sockets of a connection: half-close and backpressure are kept, nothing else is known here. */
export class SocketPair {
  readonly client: Socket;
  readonly #events: SocketPairEvents;
  readonly #timeline: Timeline;
  #upstream: Socket | null = null;
  #dial: Dial | null = null;
  /** Bytes for an upstream that is not connected yet. */
  #outbox: Buffer[] = [];
  #outboxBytes = 0;
  #outboxEnds = false;
  #deaf = false;
  readonly #pauses: Readonly<Record<ByteFlow, PauseMeter>>;
  #lastSentAtMs = Number.NEGATIVE_INFINITY;

  constructor(client: Socket, timeline: Timeline, events: SocketPairEvents) {
    this.client = client;
    this.#timeline = timeline;
    const now = () => timeline.now();
    this.#pauses = { request: new PauseMeter(now), response: new PauseMeter(now) };
    this.#events = events;
    client.setNoDelay(true);
    client
      .on('data', (chunk: Buffer) => this.#receive('request', chunk))
      .on('end', () => this.#receiveEnd('request'))
      .on('drain', () => this.regulate())
      .on('error', () => {
        if (!this.#deaf) events.clientReset();
      })
      .on('close', () => {
        const upstream = this.#upstream;
        if (upstream === null || upstream.closed || this.#deaf || events.isIdle('request')) events.closed();
      });
  }

  /** Connects to the upstream, unless that is done or under way. */
  connect(upstream: Upstream, tls: UpstreamTls | undefined): void {
    if (this.#upstream !== null || this.#dial !== null) return;
    this.#dial = dial(upstream, tls, this.#timeline, {
      open: (socket) => this.#attach(socket),
      fail: (failure) => {
        this.#dial = null;
        this.#dropOutbox();
        this.#events.unreachable(failure);
      },
    });
  }

  get isConnecting(): boolean {
    return this.#dial !== null && this.#upstream === null;
  }

  get isConnected(): boolean {
    return this.#upstream !== null;
  }

  send(flow: ByteFlow, data: Buffer): void {
    if (flow === 'response') {
      if (!this.client.writable) return;
      this.client.write(data);
      this.#lastSentAtMs = this.#timeline.now();
    } else if (this.#upstream === null) {
      this.#outbox.push(data);
      this.#outboxBytes += data.length;
    } else if (this.#upstream.writable) this.#upstream.write(data);
  }

  sendEnd(flow: ByteFlow): void {
    if (flow === 'response') this.client.end();
    else if (this.#upstream !== null) this.#upstream.end();
    else if (this.isConnecting) this.#outboxEnds = true;
    // Without an upstream nobody will answer: the client's end is the end.
    else this.client.end();
  }

  /** Pauses and resumes reading by what waits. */
  regulate(): void {
    if (this.#deaf) return;
    const upstreamTakes = this.#outboxBytes + (this.#upstream?.writableLength ?? 0) < OUTBOX_BYTES;
    this.#regulateFlow('request', this.client, upstreamTakes);
    if (this.#upstream === null) return;
    this.#regulateFlow('response', this.#upstream, this.client.writableLength < OUTBOX_BYTES);
  }

  /** Time for which faults have kept bytes of that flow from being read. */
  pausedMs(flow: ByteFlow): number {
    return this.#pauses[flow].totalMs;
  }

  #regulateFlow(flow: ByteFlow, sender: Socket, receiverTakes: boolean): void {
    const faultsTake = this.#events.mayRead(flow);
    // A receiver that takes nothing is the cause by itself, whatever the faults hold.
    this.#pauses[flow].note(receiverTakes && !faultsTake);
    setReading(sender, receiverTakes && faultsTake);
  }

  /** Ends the connection in order: what was sent arrives, then the end. */
  close(): void {
    if (this.#deaf) return;
    this.#deaf = true;
    this.#dropUpstream(false);
    // Unread bytes would turn the end into a reset.
    this.client.resume();
    this.client.end();
    const linger = this.#timeline.at(this.#timeline.now() + LINGER_MS, () => this.client.destroy());
    this.client.once('close', () => linger.cancel());
  }

  /** Ends both sides by RST, as soon as the client has what was sent to it. */
  reset(): void {
    this.#deaf = true;
    this.#dropUpstream(true);
    const resetClient = () => resetSocket(this.client);
    const atMs = this.#lastSentAtMs + RESET_GAP_MS;
    if (this.client.destroyed || atMs <= this.#timeline.now()) resetClient();
    else if (this.client.writableLength === 0) this.#timeline.at(atMs, resetClient);
    else {
      const linger = this.#timeline.at(this.#timeline.now() + LINGER_MS, resetClient);
      this.client.write('', () => {
        linger.cancel();
        this.#timeline.at(this.#timeline.now() + RESET_GAP_MS, resetClient);
      });
    }
  }

  destroy(): void {
    this.#deaf = true;
    this.client.destroy();
    this.#dropUpstream(false);
  }

  /** Lets go of the upstream, to turn to another one. */
  detach(): void {
    this.#upstream?.removeAllListeners().on('error', () => undefined);
    this.#dropUpstream(false);
    this.#upstream = null;
    this.#dial = null;
  }

  #attach(socket: Socket): void {
    this.#upstream = socket;
    this.#events.connected();
    socket
      .on('data', (chunk: Buffer) => this.#receive('response', chunk))
      .on('end', () => this.#receiveEnd('response'))
      .on('drain', () => this.regulate())
      .on('error', () => {
        if (!this.#deaf) this.#events.upstreamReset();
      })
      .on('close', () => {
        if (this.client.closed) this.#events.closed();
      });
    for (const data of this.#outbox) socket.write(data);
    if (this.#outboxEnds) socket.end();
    this.#dropOutbox();
    this.regulate();
  }

  #receive(flow: ByteFlow, chunk: Buffer): void {
    if (this.#deaf) return;
    this.#pauses[flow].receive();
    // A head and a body that came together leave together, in one packet.
    const receiver = flow === 'request' ? this.#upstream : this.client;
    receiver?.cork();
    this.#events.receive(flow, chunk);
    receiver?.uncork();
    this.regulate();
  }

  #receiveEnd(flow: ByteFlow): void {
    if (!this.#deaf) this.#events.receiveEnd(flow);
  }

  #dropUpstream(byReset: boolean): void {
    this.#dial?.cancel();
    this.#dropOutbox();
    const upstream = this.#upstream;
    if (upstream === null) return;
    // Through TLS there is no way to ask for a reset.
    if (byReset && !(upstream instanceof TLSSocket)) resetSocket(upstream);
    else upstream.destroy();
  }

  #dropOutbox(): void {
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#outboxEnds = false;
  }
}

/**
 * Ends a socket by RST. While the end that was written is still on its way libuv refuses that (EINVAL), and Node would
 * then keep the socket for ever: the thread could not end. Such a socket is only closed.
 */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

function setReading(socket: Socket, reads: boolean): void {
  if (reads === !socket.isPaused()) return;
  if (reads) socket.resume();
  else socket.pause();
}
