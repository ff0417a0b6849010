import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Upstream } from '../types.ts';
import { type Dial, type DialFailure, dial, type Reach } from './dial.ts';
import { closeInOrder, resetAfterBytes } from './farewell.ts';
import type { ByteFlow } from './fault.ts';
import { Outbox } from './outbox.ts';
import { PauseMeter } from './pause-meter.ts';
import { ReadBuffer } from './read-buffer.ts';
import { resetSocket } from './reset-socket.ts';
import type { SocketPairEvents } from './socket-pair-events.ts';
import type { Timeline } from './timeline.ts';

/** Bytes that wait for a receiver, or for the connection to it, before reading pauses. */
const OUTBOX_BYTES = 256 * 1024;
/** The two sockets of a connection: half-close and backpressure are kept, nothing else is known here. */
export class SocketPair {
  readonly client: Socket;
  readonly #events: SocketPairEvents;
  readonly #timeline: Timeline;
  #upstream: Socket | null = null;
  #dial: Dial | null = null;
  #connectsInVain = false;
  #detachedBytes = 0;
  /** Bytes for an upstream that is not connected yet. */
  readonly #outbox = new Outbox();
  #outboxEnds = false;
  /** The flow whose bytes are being taken, and what is sent on it meanwhile. */
  #gathering: ByteFlow | null = null;
  readonly #gathered = new Outbox();
  #receivedAtMs = 0;
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
        if ((this.#upstream?.closed ?? true) || this.#deaf || events.isIdle('request')) events.closed();
      });
  }

  /** Connects to the upstream, unless that is done or under way. */
  connect(upstream: Upstream, reach: Reach): void {
    if (this.#upstream !== null || this.#dial !== null) return;
    this.#connectsInVain = false;
    // A chunk is kept by what holds it back: a fault, or a client that takes it slowly.
    const isKept = () => this.client.writableLength > 0 || !this.#events.isIdle('response');
    const reading = new ReadBuffer((chunk) => this.#receive('response', chunk), isKept);
    this.#dial = dial(upstream, reach, this.#timeline, {
      onread: reading.onread,
      open: (socket) => this.#attach(socket),
      fail: (failure) => this.#failToConnect(failure),
    });
  }

  /** Connects in vain, unless that is done or under way: it fails so at `atMs`. */
  connectInVain(failure: DialFailure, atMs: number): void {
    if (this.#upstream !== null || this.#dial !== null) return;
    this.#connectsInVain = true;
    this.#dial = this.#timeline.at(atMs, () => this.#failToConnect(failure));
  }

  get isConnecting(): boolean {
    return this.#dial !== null && this.#upstream === null;
  }

  /** Whether the attempt under way will fail, as a fault will have it. */
  get connectsInVain(): boolean {
    return this.#dial !== null && this.#connectsInVain;
  }

  get isConnected(): boolean {
    return this.#upstream !== null;
  }

  send(flow: ByteFlow, data: Buffer): void {
    if (flow === this.#gathering) this.#gathered.add(data);
    else if (flow === 'response') {
      if (!this.client.writable) return;
      this.client.write(data);
      this.#lastSentAtMs = this.#timeline.now();
    } else if (this.#upstream === null) this.#outbox.add(data);
    else if (this.#upstream.writable) this.#upstream.write(data);
  }

  sendEnd(flow: ByteFlow): void {
    if (flow === this.#gathering) this.#flush();
    if (flow === 'response') this.client.end();
    else if (this.#upstream !== null) this.#upstream.end();
    else if (this.isConnecting) this.#outboxEnds = true;
    // Without an upstream nobody will answer: the client's end is the end, behind what still waits for it.
    else this.#receiveEnd('response');
  }

  /** Bytes that were given to the receiver of that flow. */
  sentBytes(flow: ByteFlow): number {
    return flow === 'response'
      ? this.client.bytesWritten
      : this.#detachedBytes + (this.#upstream?.bytesWritten ?? 0);
  }

  /** Pauses and resumes reading by what waits. */
  regulate(): void {
    // While bytes are being taken, this is done once, after all of them.
    if (this.#deaf || this.#gathering !== null) return;
    const clientTakes = this.client.writableLength < OUTBOX_BYTES;
    if (this.#upstream === null) {
      // What waits for the client is then the proxy's own, to requests of which more would mean more answers.
      const answersLeave = clientTakes && this.#events.mayRead('response');
      this.#regulateFlow('request', this.client, answersLeave && this.#outbox.bytes < OUTBOX_BYTES);
      return;
    }
    this.#regulateFlow('request', this.client, this.#upstream.writableLength < OUTBOX_BYTES);
    this.#regulateFlow('response', this.#upstream, clientTakes);
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
    this.#flush();
    this.#deaf = true;
    this.#dropUpstream(false);
    closeInOrder(this.client, this.#timeline);
  }

  /** Ends both sides by RST, as soon as the client has what was sent to it. */
  reset(): void {
    this.#flush();
    this.#deaf = true;
    this.#dropUpstream(true);
    resetAfterBytes(this.client, this.#lastSentAtMs, this.#timeline);
  }

  destroy(): void {
    this.#deaf = true;
    this.client.destroy();
    this.#dropUpstream(false);
  }

  /** Lets go of the upstream, to turn to another one. */
  detach(): void {
    this.#flush();
    this.#detachedBytes = this.sentBytes('request');
    this.#upstream?.removeAllListeners().on('error', () => undefined);
    this.#dropUpstream(false);
    this.#upstream = null;
    this.#dial = null;
  }

  /** What was sent meanwhile must not reach the upstream if a later attempt does. */
  #failToConnect(failure: DialFailure): void {
    const clientEnded = this.#outboxEnds;
    this.#dial = null;
    this.#dropOutbox();
    this.#events.unreachable(failure);
    if (clientEnded) this.#receiveEnd('response');
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
    this.#outbox.writeTo(socket);
    if (this.#outboxEnds) socket.end();
    this.#dropOutbox();
    this.regulate();
  }

  #receive(flow: ByteFlow, chunk: Buffer): void {
    if (this.#deaf) return;
    const nowMs = this.#timeline.now();
    this.#receivedAtMs = nowMs;
    this.#pauses[flow].receive(nowMs);
    // A head and a body that came together leave together, in one packet.
    if (flow === 'response' || this.#upstream !== null) this.#gathering = flow;
    this.#events.receive(flow, chunk, nowMs);
    this.#flush();
    this.regulate();
  }

  /** Sends what has been gathered. */
  #flush(): void {
    const flow = this.#gathering;
    this.#gathering = null;
    if (flow === null || this.#gathered.bytes === 0) return;
    if (flow === 'response') this.#lastSentAtMs = this.#receivedAtMs;
    const receiver = flow === 'request' ? this.#upstream : this.client;
    if (receiver !== null) this.#gathered.writeTo(receiver);
  }

  #receiveEnd(flow: ByteFlow): void {
    if (!this.#deaf) this.#events.receiveEnd(flow);
  }

  #dropUpstream(byReset: boolean): void {
    this.#dial?.cancel();
    this.#dropOutbox();
    const upstream = this.#upstream;
    // Through TLS there is no way to ask for a reset.
    if (byReset && upstream !== null && !(upstream instanceof TLSSocket)) resetSocket(upstream);
    else upstream?.destroy();
  }

  #dropOutbox(): void {
    this.#outbox.clear();
    this.#outboxEnds = false;
  }
}

function setReading(socket: Socket, reads: boolean): void {
  if (reads === !socket.isPaused()) return;
  if (reads) socket.resume();
  else socket.pause();
}
