import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import { type LiveExchange, strayExchange, UNNAMED } from './exchange.ts';
import type { Act, ByteFlow } from './fault.ts';
import { answerMisdirected, answerUnreachable, type OwnAnswer, writeAnswer } from './http-answer.ts';
import {
  closesAfter,
  type HttpExchange,
  noteAnswer,
  OpenExchanges,
  openExchange,
  type RequestEditor,
} from './http-exchange.ts';
import { hasToken, readRequestHead, readResponseHead } from './http-head.ts';
import { editRequestHead, nameExchange } from './http-naming.ts';
import { planRequestBody, planResponseBody } from './http-plan.ts';
import { type BodyPlan, MessageReader } from './message-reader.ts';
import { type Parcel, parcelOf } from './parcel.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

/**
 * HTTP/1: each request with its response is an exchange. Bytes are cut into heads and bodies and otherwise passed
 * on as they came; a client's connection has its own upstream connection, so that keep-alive, pipelining and
 * closing look on both sides as they would without a proxy. What is no HTTP/1 passes as one exchange of raw bytes.
 */
export class HttpView implements View {
  readonly #host: ViewHost;
  readonly #timeline: Timeline;
  readonly #readers: Readonly<Record<ByteFlow, MessageReader>>;
  readonly #edit: RequestEditor;
  readonly #exchanges = new OpenExchanges();
  /** Those whose response is not yet wholly on its way to the client, in the order of the requests. */
  #unanswered: HttpExchange[] = [];
  /** Those of them that the upstream was asked. */
  #asked: HttpExchange[] = [];
  /** Takes all bytes, once they are no longer HTTP/1: after an upgrade, or from the start. */
  #tunnel: LiveExchange | null = null;
  #incoming: HttpExchange | null = null;
  #arrivedAtMs = 0;

  constructor(host: ViewHost, timeline: Timeline, edit: RequestEditor = editRequestHead) {
    this.#host = host;
    this.#timeline = timeline;
    this.#edit = edit;
    this.#readers = {
      request: new MessageReader({
        head: (raw) => this.#requestHead(raw),
        body: (data, last) => this.#requestBody(data, last),
        opaque: () => this.#openTunnel(this.#beginOpaque()),
      }),
      response: new MessageReader({
        head: (raw) => this.#responseHead(raw),
        body: (data, last) => this.#responseBody(data, last),
        opaque: () => this.#openTunnel(this.#unanswered[0]?.live ?? strayExchange(this.#host)),
      }),
    };
  }

  open(): void {
    // An exchange begins with a request, and only a request needs the upstream.
  }

  receive(flow: ByteFlow, chunk: Buffer, atMs: number): void {
    // One time for all that came together, so that a body does not seem to have come after its head.
    this.#arrivedAtMs = atMs;
    this.#readers[flow].read(chunk);
  }

  /** A head that never became whole: the receiver will say what it thinks of it. */
  release(flow: ByteFlow): void {
    const part = this.#readers[flow].takeHead();
    if (part.length === 0) return;
    const asks = flow === 'request';
    if (asks && this.#unanswered.length === 0) this.#openTunnel(this.#beginOpaque());
    const exchange = asks ? this.#unanswered.at(-1) : this.#asked[0];
    const live = this.#tunnel ?? exchange?.live ?? strayExchange(this.#host);
    live.arrive(flow, part.length, this.#arrivedAtMs);
    this.#host.push(flow, parcelOf(live, part, this.#arrivedAtMs));
  }

  receiveEnd(flow: ByteFlow): void {
    this.release(flow);
    const [first] = this.#unanswered;
    const exchange = this.#tunnel ?? first?.live ?? strayExchange(this.#host);
    const last = flow === 'response' && this.#readers.response.endsWithStream;
    this.#host.push(flow, parcelOf(exchange, null, this.#timeline.now(), { kind: 'end', role: 'fin', last }));
  }

  deliver(flow: ByteFlow, parcel: Parcel): void {
    const exchange = this.#exchanges.find(flow, parcel.exchange);
    if (flow === 'request') this.#deliverRequest(parcel, exchange);
    else if (parcel.data !== null) this.#host.send('response', parcel.data);
    if (flow === 'response' && parcel.last) this.#complete(exchange);
    if (parcel.role === 'fin') this.#host.sendEnd(flow);
  }

  answer(flow: ByteFlow, parcel: Parcel, act: Act & { readonly do: 'answer' }, lane: number): void {
    const exchange = this.#exchanges.find(flow, parcel.exchange);
    if (exchange === null) return;
    exchange.answer = { ...act, outcome: 'injected' };
    exchange.live.drop(flow);
    // The client has seen no upgrade.
    if (this.#tunnel === exchange.live) this.#tunnel = null;
    if (flow === 'request') this.#answerInTurn();
    else this.#pushAnswer(exchange, exchange.answer, lane);
  }

  unreachable(failure: DialFailure): void {
    for (const exchange of this.#asked) {
      exchange.live.drop('request');
      exchange.answer = answerUnreachable(failure);
    }
    this.#asked = [];
    if (this.#tunnel !== null) this.#host.reset(failure.outcome);
    else this.#answerInTurn();
  }

  over(outcome: ExchangeOutcome): void {
    // A tunnel has no end of its own: it is whole unless a fault cut it.
    if (this.#tunnel !== null) this.#finish(this.#tunnel, outcome === 'cut' ? 'cut' : 'complete');
    for (const { live } of [...this.#exchanges]) this.#finish(live, outcome);
  }

  live(): Iterable<LiveExchange> {
    return this.#exchanges.listLive(this.#tunnel);
  }

  settledOutcome(): ExchangeOutcome | null {
    return null;
  }

  #requestHead(raw: Buffer): BodyPlan | null {
    const head = readRequestHead(raw);
    const plan = head === null ? null : planRequestBody(head);
    if (head === null || plan === null) return null;
    const data = this.#edit(head, raw, this.#host);
    const live = this.#host.begin(nameExchange(head));
    // A fault may have ended the connection because of this very exchange.
    if (live.ended || this.#host.isOver) return { kind: 'tunnel' };
    const exchange = openExchange(live, head, plan.kind === 'none');
    this.#exchanges.add(exchange);
    this.#unanswered.push(exchange);
    this.#incoming = exchange;
    live.arrive('request', raw.length, this.#arrivedAtMs);
    if (data === null) {
      live.drop('request');
      exchange.answer = answerMisdirected();
      this.#answerInTurn();
    } else {
      const last = plan.kind === 'none';
      this.#host.push('request', parcelOf(live, data, this.#arrivedAtMs, { kind: 'head', last }));
    }
    return plan;
  }

  #requestBody(data: Buffer, last: boolean): void {
    const exchange = this.#incoming;
    const live = this.#tunnel ?? exchange?.live;
    if (live === undefined || this.#host.isOver) return;
    live.arrive('request', data.length, this.#arrivedAtMs);
    this.#host.push('request', parcelOf(live, data, this.#arrivedAtMs, { last }));
    if (!last || exchange === null || this.#tunnel !== null) return;
    exchange.requestEnded = true;
    this.#answerInTurn();
  }

  #deliverRequest(parcel: Parcel, exchange: HttpExchange | null): void {
    if (parcel.data === null) return;
    if (parcel.kind === 'head' && exchange !== null) this.#asked.push(exchange);
    this.#host.connect(parcel.exchange);
    this.#host.send('request', parcel.data);
  }

  #responseHead(raw: Buffer): BodyPlan | null {
    const head = readResponseHead(raw);
    const [exchange] = this.#asked;
    const plan = head === null ? null : planResponseBody(head, exchange?.head.method ?? null);
    if (head === null || plan === null || exchange === undefined) return null;
    const { live } = exchange;
    const interim = head.status < 200 && head.status !== 101;
    if (!interim) noteAnswer(exchange, head);
    live.arrive('response', raw.length, this.#arrivedAtMs);
    const last = plan.kind === 'none' && !interim;
    const kind = interim ? 'body' : 'head';
    this.#host.push('response', parcelOf(live, raw, this.#arrivedAtMs, { kind, last }));
    if (plan.kind === 'tunnel') this.#openTunnel(live);
    else if (last) this.#answered(exchange);
    return plan;
  }

  #responseBody(data: Buffer, last: boolean): void {
    const [exchange] = this.#asked;
    const live = this.#tunnel ?? exchange?.live;
    if (live === undefined || this.#host.isOver) return;
    live.arrive('response', data.length, this.#arrivedAtMs);
    this.#host.push('response', parcelOf(live, data, this.#arrivedAtMs, { last }));
    if (last && exchange !== undefined) this.#answered(exchange);
  }

  /** The whole response of the upstream is on its way: the next one's turn. */
  #answered(exchange: HttpExchange): void {
    this.#asked = this.#asked.filter((other) => other !== exchange);
    this.#unanswered = this.#unanswered.filter((other) => other !== exchange);
    this.#answerInTurn();
  }

  /** Sends what the proxy itself answers, each when its request has come in and those before it are answered. */
  #answerInTurn(): void {
    for (let [exchange] = this.#unanswered; exchange?.answer; [exchange] = this.#unanswered) {
      const impatient = hasToken(exchange.head, 'expect', '100-continue');
      if (!exchange.requestEnded && !impatient) return;
      this.#unanswered = this.#unanswered.slice(1);
      this.#pushAnswer(exchange, exchange.answer, 0);
    }
  }

  #pushAnswer(exchange: HttpExchange, answer: OwnAnswer, lane: number): void {
    const { head, body } = writeAnswer(answer, exchange.head, closesAfter(exchange));
    const nowMs = this.#timeline.now();
    const { live } = exchange;
    live.status = answer.status;
    live.arrive('response', head.length + body.length, nowMs);
    const last = body.length === 0;
    this.#host.push('response', parcelOf(live, head, nowMs, { kind: 'head', own: true, last }), lane);
    if (!last) this.#host.push('response', parcelOf(live, body, nowMs, { own: true, last: true }), lane);
  }

  #complete(exchange: HttpExchange | null): void {
    if (exchange === null) return;
    const { answer } = exchange;
    this.#finish(exchange.live, answer?.outcome ?? 'complete');
    if (answer !== null && closesAfter(exchange)) this.#host.close(answer.outcome);
  }

  #finish(live: LiveExchange, outcome: ExchangeOutcome): void {
    this.#exchanges.end(live);
    this.#host.finish(live, outcome);
  }

  #openTunnel(live: LiveExchange): void {
    this.#tunnel = live;
    for (const reader of Object.values(this.#readers)) if (!reader.endsWithStream) reader.tunnel();
  }

  /** What begins with bytes that are no HTTP/1. */
  #beginOpaque(): LiveExchange {
    return this.#tunnel ?? this.#unanswered[0]?.live ?? this.#host.begin(UNNAMED);
  }
}
