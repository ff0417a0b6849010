import { STATUS_CODES } from 'node:http';
import type { ExchangeOutcome } from '../types-run.ts';
import type { DialFailure } from './dial.ts';
import { explainFailure } from './dial-failure.ts';
import { hasToken, type RequestHead } from './http-head.ts';

/** What the proxy answers by itself. */
export interface OwnAnswer {
  readonly outcome: ExchangeOutcome;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer that stands for an upstream that cannot be reached: 504 when it took too long, 403 when it may not be, else 502. */
export function answerUnreachable({ outcome, reason }: DialFailure): OwnAnswer {
  const message = explainFailure(reason);
  return {
    outcome,
    status: outcome === 'upstream_timeout' ? 504 : reason === 'upstream_not_allowed' ? 403 : 502,
    headers: { 'content-type': 'application/json', 'x-breakwater': reason },
    body: `${JSON.stringify({ error: reason, message: `Breakwater's proxy answers: ${message}.` })}\n`,
  };
}

/** The answer to a request that a forward proxy cannot send on. */
export function answerMisdirected(): OwnAnswer {
  const message =
    'This is a forward proxy: send http://host/path or CONNECT host:port, one origin at a time on a connection.';
  return {
    outcome: 'upstream_error',
    status: 400,
    headers: { 'content-type': 'application/json', 'x-breakwater': 'misdirected' },
    body: `${JSON.stringify({ error: 'misdirected', message })}\n`,
  };
}

/** Writes an answer as bytes: head and body (RFC 9110 §8.6: HEAD, 204 and 304 have none). */
export function writeAnswer(
  answer: OwnAnswer,
  request: RequestHead,
  closes: boolean,
): { readonly head: Buffer; readonly body: Buffer } {
  const { status, headers } = answer;
  const body = Buffer.from(answer.body, 'utf8');
  const bare = status === 204 || status === 304;
  const written = Object.entries(headers).filter(
    ([name]) => !['content-length', 'transfer-encoding', 'connection'].includes(name.toLowerCase()),
  );
  const hasDate = written.some(([name]) => name.toLowerCase() === 'date');
  const fields = [
    ...(bare ? written.filter(([name]) => name.toLowerCase() !== 'content-type') : written),
    ...(bare ? [] : [['content-length', String(body.length)]]),
    ...(hasDate ? [] : [['date', new Date().toUTCString()]]),
    ['connection', closes ? 'close' : 'keep-alive'],
  ];
  const lines = fields.map(([name = '', value = '']) => `${name}: ${value}`);
  const start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Injected'}`;
  return {
    head: Buffer.from([start, ...lines, '', ''].join('\r\n'), 'latin1'),
    body: bare || request.method === 'HEAD' ? Buffer.alloc(0) : body,
  };
}

/** Whether the client wants the connection to end with the answer. */
export function wantsClose(request: RequestHead): boolean {
  if (hasToken(request, 'connection', 'close')) return true;
  return request.version === '1.0' && !hasToken(request, 'connection', 'keep-alive');
}
