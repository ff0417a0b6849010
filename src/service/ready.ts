import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { type Clock, sleep } from '../clock.ts';
import { systemErrorCode } from '../errors.ts';
import { portOf } from '../policy.ts';
import { guardTarget, type TargetGuard } from '../target-guard.ts';

const POLL_MS = 50;
const ATTEMPT_MS = 2_000;
const FIRST_SERVER_ERROR = 500;
const NO_ANSWER = 'took the connection but gave no answer';

/** What one look at a service showed. */
export interface Look {
  readonly ready: boolean;
  /** Somebody holds the address, ready or not. */
  readonly taken: boolean;
  /** A URL gave an answer, whatever it was, or a port accepted. */
  readonly answered: boolean;
  /** For people: `answered 503`, `refused the connection (ECONNREFUSED)`. */
  readonly seen: string;
}

/** Where to look: a URL that must answer below 500, or a port that must accept. */
export type Readiness =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'port'; readonly port: number };

/**
 * Looks every 50 ms until the service is ready, and gives the last look; it is not ready when `timeoutMs` has
 * passed.
 *
 * @throws the signal's reason when it aborts first.
 */
export async function waitUntilReady(
  readiness: Readiness,
  timeoutMs: number,
  deps: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Look> {
  const deadlineMs = deps.clock.now() + timeoutMs;
  let before: Look | null = null;
  for (;;) {
    const leftMs = deadlineMs - deps.clock.now();
    const look = await lookOnce(readiness, Math.max(1, Math.ceil(Math.min(ATTEMPT_MS, leftMs))), deps.signal);
    deps.signal.throwIfAborted();
    // A look that the end of the time has cut short says less than the one before it.
    const isCut = leftMs < ATTEMPT_MS && look.seen === NO_ANSWER;
    if (look.ready || deps.clock.now() + POLL_MS >= deadlineMs) return isCut ? (before ?? look) : look;
    before = look;
    await sleep(deps.clock, POLL_MS, deps.signal);
  }
}

/** Looks once; never rejects. */
export function lookOnce(readiness: Readiness, timeoutMs: number, signal: AbortSignal): Promise<Look> {
  return readiness.kind === 'url'
    ? lookAtUrl(readiness.url, timeoutMs, signal)
    : lookAtPort(readiness.port, timeoutMs, signal);
}

function lookAtUrl(url: string, timeoutMs: number, signal: AbortSignal): Promise<Look> {
  return new Promise((resolve) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // The service was started here, so it is looked for here and nowhere else.
    const { hostname } = new URL(url);
    const guard = guardTarget(hostname, portOf(new URL(url)), []);
    if (guard.refusal !== null) {
      resolve({ ready: false, taken: false, answered: false, seen: `is no place to look: ${guard.refusal}` });
      return;
    }
    const request = open(url, guard, bounded);
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve({
        ready: status < FIRST_SERVER_ERROR,
        taken: true,
        answered: true,
        seen: `answered ${status}`,
      });
    });
    request.on('error', (error) => resolve(describeFailure(error, bounded)));
    request.end();
  });
}

function open(url: string, { lookup }: TargetGuard, signal: AbortSignal): ClientRequest {
  // No agent: a kept connection would hold up the service when it stops.
  if (!url.startsWith('https:')) return httpRequest(url, { agent: false, lookup, signal });
  // The user's own service on this machine, often with a certificate of its own making; nothing is sent to it.
  return httpsRequest(url, { agent: false, lookup, signal, rejectUnauthorized: false });
}

function lookAtPort(port: number, timeoutMs: number, signal: AbortSignal): Promise<Look> {
  return new Promise((resolve) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const socket = connect({ port, host: '127.0.0.1', signal: bounded });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ ready: true, taken: true, answered: true, seen: 'accepted a connection' });
    });
    socket.once('error', (error) => resolve(describeFailure(error, bounded)));
  });
}

function describeFailure(error: Error, signal: AbortSignal): Look {
  const none = { ready: false, answered: false };
  if (signal.aborted) return { ...none, taken: true, seen: NO_ANSWER };
  const code = systemErrorCode(error);
  if (code === 'ECONNREFUSED') return { ...none, taken: false, seen: 'refused the connection' };
  return { ...none, taken: code === 'ECONNRESET', seen: `failed (${code ?? error.name})` };
}
