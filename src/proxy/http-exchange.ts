import { type Member, Roster } from '../roster.ts';
import type { LiveExchange } from './exchange.ts';
import type { ByteFlow } from './fault.ts';
import { type OwnAnswer, wantsClose } from './http-answer.ts';
import { hasToken, type RequestHead, type ResponseHead } from './http-head.ts';
import { planResponseBody } from './http-plan.ts';
import type { ViewHost } from './view.ts';

/** Gives a request's head as the upstream gets it; `null`: it names no upstream that can be asked now. */
export type RequestEditor = (head: RequestHead, raw: Buffer, host: ViewHost) => Buffer | null;

/** One request and its response. */
export interface HttpExchange extends Member<HttpExchange> {
  readonly live: LiveExchange;
  readonly head: RequestHead;
  /** The whole request has arrived. */
  requestEnded: boolean;
  /** What the upstream answered, which the proxy's own answer may take the place of. */
  upstreamHead: ResponseHead | null;
  /** What the proxy answers in place of the upstream. */
  answer: OwnAnswer | null;
}

/** Begins an exchange with the head of its request. */
export function openExchange(live: LiveExchange, head: RequestHead, requestEnded: boolean): HttpExchange {
  return { live, head, requestEnded, upstreamHead: null, answer: null, before: null, after: null };
}

/** The exchanges of a connection that are under way, in the order of their requests. */
export class OpenExchanges extends Roster<HttpExchange> {
  /** Responses leave in order, and requests as they come: it is nearly always the first looked at. */
  find(flow: ByteFlow, live: LiveExchange): HttpExchange | null {
    const isRequest = flow === 'request';
    let exchange = isRequest ? this.last : this.first;
    while (exchange !== null && exchange.live !== live)
      exchange = isRequest ? exchange.before : exchange.after;
    return exchange;
  }

  /** Takes out the exchange of `live`, if it is there. */
  end(live: LiveExchange): void {
    const exchange = this.find('response', live);
    if (exchange !== null) this.remove(exchange);
  }

  /** What is under way, with a tunnel that is none of these exchanges or goes on after one. */
  listLive(tunnel: LiveExchange | null): readonly LiveExchange[] {
    const live = [...this].map((exchange) => exchange.live);
    return tunnel === null || tunnel.ended || live.includes(tunnel) ? live : [...live, tunnel];
  }
}

/** Notes the final answer of the upstream. */
export function noteAnswer(exchange: HttpExchange, head: ResponseHead): void {
  exchange.live.status = head.status;
  exchange.upstreamHead = head;
}

/** Whether the connection has to end with the proxy's own answer. */
export function closesAfter({ head, requestEnded, upstreamHead }: HttpExchange): boolean {
  if (wantsClose(head) || !requestEnded) return true;
  return upstreamHead !== null && endsHttp(upstreamHead, head.method);
}

/** Whether no further answer comes behind this one of the upstream: it ends its connection, or HTTP on it. */
function endsHttp(head: ResponseHead, requestMethod: string): boolean {
  const plan = planResponseBody(head, requestMethod);
  if (plan === null || plan.kind === 'until_end' || plan.kind === 'tunnel') return true;
  // A stream of events need not end, and would keep the next answer waiting.
  if (head.values('content-type').some((type) => /^text\/event-stream\b/i.test(type))) return true;
  if (hasToken(head, 'connection', 'close')) return true;
  return head.firstLine.startsWith('HTTP/1.0') && !hasToken(head, 'connection', 'keep-alive');
}
