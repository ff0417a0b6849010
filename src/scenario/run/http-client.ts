import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../../clock.ts';
import { systemErrorCode } from '../../errors.ts';
import { portOf } from '../../policy.ts';
import { toTlsOptions } from '../../proxy/upstream-tls.ts';
import { guardTarget, TARGET_REFUSED } from '../../target-guard.ts';
import type { HttpMethod, StringMap, UpstreamTls } from '../../types.ts';
import type { Outcome } from '../../types-run.ts';
import { readUnreached, UNREACHED_HEADER } from './edge-answer.ts';
import type { Stop } from './stop.ts';

/** Where a proxy listens that the request goes through. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  /** `null`: straight to the target. The proxy is talked to in plain HTTP, whatever the URL says. */
  readonly via: Endpoint | null;
  readonly headers: StringMap;
  readonly body: string | null;
  /** `Clock.now()` when it should leave; the time-out counts from here. */
  readonly dueAtMs: number;
  readonly timeoutMs: number;
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback that may be called without a proxy. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
}

/** What came back. Times at* are `Clock.now()`, the others ms since it was sent. */
export interface HttpAnswer {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly connectMs: number | null;
  readonly firstByteMs: number | null;
  readonly status: number | null;
  readonly outcome: Outcome;
  readonly bytes: number;
  readonly contentType: string | null;
  readonly headers: IncomingHttpHeaders;
  /** Start of the body, as much as was asked for. */
  readonly bodyStart: string;
}

export interface SendDeps {
  readonly stop: Stop;
  /** Bytes of the body to keep. */
  readonly keepBytes: number;
  /** `null`: a connection of its own. */
  readonly pool: ConnectionPool | null;
  readonly clock?: Clock;
}

/** Connections kept open between the requests of one job. */
export interface ConnectionPool {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

/** An answer longer than this is not read on; its time counts to there. */
export const MAX_BODY_BYTES = 10_000_000;

/** An answer that the edge proxy gave because it could not reach the target is no answer of the target. */
function tellAnswer(
  { via }: HttpRequest,
  response: IncomingMessage | null,
  outcome: Outcome,
): Pick<HttpAnswer, 'status' | 'outcome'> {
  const said = response?.headers[UNREACHED_HEADER];
  const unreached = via === null || typeof said !== 'string' ? null : readUnreached(said);
  if (unreached !== null && outcome === 'answered') return { status: null, outcome: unreached };
  return { status: response?.statusCode ?? null, outcome };
}

/** Opens a pool without a limit: an open model must not queue for connections. */
export function openPool(): ConnectionPool {
  const http = new HttpAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const https = new HttpsAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return {
    http,
    https,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/**
 * Sends one request and measures it. Redirects are not followed, bodies not decoded but read to their end.
 * Never throws for what the target does: a refused connection is an outcome.
 */
export function send(request: HttpRequest, deps: SendDeps): Promise<HttpAnswer> {
  const clock = deps.clock ?? systemClock;
  return new Promise((resolve) => {
    const seen = { connectMs: null as number | null, firstByteMs: null as number | null, bytes: 0, kept: 0 };
    const chunks: Buffer[] = [];
    let response: IncomingMessage | null = null;
    let done = false;
    const sentAtMs = clock.now();
    const finish = (outcome: Outcome) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      forget();
      resolve({
        sentAtMs,
        endedAtMs: clock.now(),
        connectMs: seen.connectMs,
        firstByteMs: seen.firstByteMs,
        ...tellAnswer(request, response, outcome),
        bytes: seen.bytes,
        contentType: response?.headers['content-type'] ?? null,
        headers: response?.headers ?? {},
        bodyStart: Buffer.concat(chunks).toString('utf8'),
      });
      if (outcome !== 'answered') call?.destroy();
    };
    const onAbort = () => finish('aborted');
    // Timers fire up to 1 ms early; a time-out must not.
    const giveUp = () => {
      const leftMs = request.dueAtMs + request.timeoutMs - clock.now();
      if (leftMs > 0) timer = setTimeout(giveUp, leftMs);
      else finish('timeout');
    };
    let timer = setTimeout(giveUp, Math.max(0, request.dueAtMs + request.timeoutMs - sentAtMs));
    const forget = deps.stop.listen(() => setImmediate(onAbort));
    const call = open(request, deps.pool, (error) => finish(classify(error)));
    if (call === null) return;
    call.once('socket', (socket) =>
      onConnected(socket, call, () => (seen.connectMs = clock.now() - sentAtMs)),
    );
    call.once('response', (answer) => {
      response = answer;
      seen.firstByteMs = clock.now() - sentAtMs;
      answer.on('data', (chunk: Buffer) => {
        seen.bytes += chunk.length;
        if (seen.kept < deps.keepBytes) {
          chunks.push(chunk.subarray(0, deps.keepBytes - seen.kept));
          seen.kept += chunk.length;
        }
        if (seen.bytes <= MAX_BODY_BYTES) return;
        finish('answered');
        answer.destroy();
      });
      answer.once('end', () => finish('answered'));
      answer.once('error', (error) => finish(classify(error)));
      answer.once('close', () => finish('reset'));
    });
    // The listener stays: a late error of a request that was given up must not end the process.
    call.on('error', (error) => finish(classify(error)));
    // The connection may close while the end of the answer is still to be read.
    call.once('close', () => response === null && finish('reset'));
    call.end(request.body ?? undefined);
  });
}

function open(
  { method, url, via, headers, body, tls, allowHosts = [] }: HttpRequest,
  pool: ConnectionPool | null,
  fail: (error: unknown) => void,
): ClientRequest | null {
  try {
    const target = new URL(url);
    const secure = via === null && target.protocol === 'https:';
    const { host, port } = via ?? { host: target.hostname.replace(/^\[|\]$/g, ''), port: portOf(target) };
    const { refusal, lookup } = guardTarget(host, port, allowHosts);
    if (refusal !== null) {
      fail(Object.assign(new Error(refusal), { code: TARGET_REFUSED }));
      return null;
    }
    const options = {
      host,
      port,
      lookup,
      path: `${target.pathname}${target.search}`,
      method,
      headers: { host: target.host, ...(body === null ? {} : contentLength(body)), ...headers },
    };
    return secure
      ? requestHttps({
          ...options,
          ...toTlsOptions(tls),
          agent: pool?.https ?? false,
          servername: target.hostname,
        })
      : requestHttp({ ...options, agent: pool?.http ?? false });
  } catch (error) {
    fail(error);
    return null;
  }
}

/** A GET with a body would go out chunked, which some servers refuse. */
function contentLength(body: string): StringMap {
  return { 'content-length': String(Buffer.byteLength(body)) };
}

function onConnected(socket: Socket, call: ClientRequest, mark: () => void): void {
  socket.setNoDelay(true);
  if (call.reusedSocket || !socket.connecting) mark();
  else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', mark);
}

const BY_CODE: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EPROTO: 'tls',
  // Our own machine ran out of ports or files: that says nothing about the target.
  EADDRNOTAVAIL: 'aborted',
  [TARGET_REFUSED]: 'aborted',
  EMFILE: 'aborted',
  ENFILE: 'aborted',
};
const TLS_CODE = /^ERR_(TLS|SSL)|CERT|^UNABLE_TO_|SELF_SIGNED|^HOSTNAME_MISMATCH/;

/** Tells the outcome from the error with which a request ended. */
export function classify(error: unknown): Outcome {
  const code = systemErrorCode(error) ?? '';
  return BY_CODE[code] ?? (TLS_CODE.test(code) ? 'tls' : 'protocol');
}
