import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import type { LiveExchange } from './exchange.ts';
import type { Act, ByteFlow } from './fault.ts';
import { readForwardTarget, toOriginForm } from './forward.ts';
import { answerMisdirected, answerUnreachable, type OwnAnswer, writeAnswer } from './http-answer.ts';
import { findHeadEnd, type RequestHead, readRequestHead } from './http-head.ts';
import { editRequestHead } from './http-naming.ts';
import { HttpView } from './http-view.ts';
import type { Parcel } from './parcel.ts';
import { TcpView } from './tcp-view.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

const MAX_HEAD_BYTES = 64 * 1024;
const ESTABLISHED = Buffer.from('HTTP/1.1 200 Connection Established\r\n\r\n');

/**
 * A forward proxy's connection: the first head says whether it is a tunnel (CONNECT), seen as raw TCP from then on,
 * or requests in absolute form, each seen as HTTP. The tunnel is confirmed once the upstream has accepted.
 */
export class ForwardView implements View {
  readonly #host: ViewHost;
  readonly #timeline: Timeline;
  #inner: View | null = null;
  #tunnel: RequestHead | null = null;
  #head: Buffer = Buffer.alloc(0);

  constructor(host: ViewHost, timeline: Timeline) {
    this.#host = host;
    this.#timeline = timeline;
  }

  open(): void {
    // Nothing is known before the first head.
  }

  receive(flow: ByteFlow, chunk: Buffer, atMs: number): void {
    if (this.#inner !== null) {
      this.#inner.receive(flow, chunk, atMs);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = findHeadEnd(this.#head);
    if (end === -1 && this.#head.length <= MAX_HEAD_BYTES) return;
    const head = end === -1 ? null : readRequestHead(this.#head.subarray(0, end));
    if (head === null) this.#host.reset('upstream_error');
    else if (head.method === 'CONNECT') this.#openTunnel(head, this.#head.subarray(end), atMs);
    else this.#openHttp(this.#head, atMs);
  }

  connected(): void {
    if (this.#tunnel !== null) this.#host.send('response', ESTABLISHED);
    this.#tunnel = null;
  }

  release(flow: ByteFlow): void {
    this.#inner?.release?.(flow);
  }

  receiveEnd(flow: ByteFlow): void {
    if (this.#inner === null) this.#host.close('client_gone');
    else this.#inner.receiveEnd(flow);
  }

  deliver(flow: ByteFlow, parcel: Parcel): void {
    this.#inner?.deliver(flow, parcel);
  }

  answer(flow: ByteFlow, parcel: Parcel, act: Act & { readonly do: 'answer' }, lane: number): void {
    this.#inner?.answer(flow, parcel, act, lane);
  }

  unreachable(failure: DialFailure): void {
    if (this.#tunnel === null) this.#inner?.unreachable(failure);
    else this.#refuse(this.#tunnel, answerUnreachable(failure));
  }

  over(outcome: ExchangeOutcome): void {
    this.#inner?.over(outcome);
  }

  live(): Iterable<LiveExchange> {
    return this.#inner?.live() ?? [];
  }

  settledOutcome(exchange: LiveExchange): ExchangeOutcome | null {
    return this.#inner?.settledOutcome(exchange) ?? null;
  }

  #openTunnel(head: RequestHead, rest: Buffer, atMs: number): void {
    const target = readForwardTarget(head);
    if (target === null) {
      this.#refuse(head, answerMisdirected());
      return;
    }
    this.#host.retarget(target);
    this.#tunnel = head;
    this.#inner = new TcpView(this.#host, this.#timeline);
    this.#inner.open();
    if (rest.length > 0) this.#inner.receive('request', rest, atMs);
  }

  #openHttp(bytes: Buffer, atMs: number): void {
    this.#inner = new HttpView(this.#host, this.#timeline, (head, _raw, host) => {
      const target = readForwardTarget(head);
      if (target === null || head.method === 'CONNECT' || !host.retarget(target)) return null;
      const raw = toOriginForm(head);
      const edited = readRequestHead(raw);
      return edited === null ? null : editRequestHead(edited, raw, host);
    });
    this.#inner.receive('request', bytes, atMs);
  }

  #refuse(head: RequestHead, answer: OwnAnswer): void {
    const written = writeAnswer(answer, head, true);
    this.#host.send('response', Buffer.concat([written.head, written.body]));
    this.#host.close(answer.outcome);
  }
}
