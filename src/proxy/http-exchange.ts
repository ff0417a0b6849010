import type { LiveExchange } from './exchange.ts';
import { type OwnAnswer, wantsClose } from './http-answer.ts';
import type { RequestHead } from './http-head.ts';
import type { ViewHost } from './view.ts';

/** Gives a request's head as the upstream gets it; `null`: it names no upstream that can be asked now. */
export type RequestEditor = (head: RequestHead, raw: Buffer, host: ViewHost) => Buffer | null;

/** One request and its response. */
export interface HttpExchange {
  readonly live: LiveExchange;
  readonly head: RequestHead;
  /** The whole request has arrived. */
  requestEnded: boolean;
  /** What the proxy answers in place of the upstream. */
  answer: OwnAnswer | null;
}

/** Whether the connection has to end with the proxy's own answer. */
export function closesAfter(exchange: HttpExchange): boolean {
  return wantsClose(exchange.head) || !exchange.requestEnded;
}
