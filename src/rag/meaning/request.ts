import { type Clock, sleep } from '../../clock.ts';
import { AppError, systemErrorCode } from '../../errors.ts';
import { fetchWithin } from '../../guarded-fetch.ts';
import type { Random } from '../../random.ts';
import { TARGET_REFUSED } from '../../target-guard.ts';

/** What waiting and its randomness hang on. */
export interface RequestDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** An HTTP answer that is not the one hoped for; `status` `null`: none came. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly status: number | null;
  /** How long the server asks to wait; `null`: it does not say. */
  readonly retryAfterMs: number | null;
  /** Text of the answer, shortened: from outside. */
  readonly body: string;

  constructor(
    why: string,
    status: number | null,
    retryAfterMs: number | null,
    body: string,
    cause?: unknown,
  ) {
    super(why, { cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.body = body;
  }
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Hosts other than loopback that may be connected to. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** A server that asks for more is left alone: what is done is kept, and the call can be made again. */
const MAX_RETRY_AFTER_MS = 120_000;
const MAX_BODY = 500;

/**
 * Sends JSON and gives the JSON of the answer. Answers that tell of load or of a passing failure are asked again
 * after a wait that doubles, drawn up to its half (jitter), and never shorter than `Retry-After` says (RFC 9110
 * §10.2.3). Redirects are not followed, since a key would go with them.
 *
 * @throws RequestFailure after the last attempt; AppError TARGET_NOT_ALLOWED when the name has come to lead where it
 * must not; the signal's reason when it aborts.
 */
export async function requestJson(request: JsonRequest, deps: RequestDeps): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(request, deps);
    } catch (error) {
      deps.signal.throwIfAborted();
      if (!(error instanceof RequestFailure) || attempt >= request.attempts || !mayPass(error)) throw error;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS);
      const drawn = deps.random.between(wait / 2, wait);
      await sleep(deps.clock, Math.max(drawn, error.retryAfterMs ?? 0), deps.signal);
    }
  }
}

function mayPass({ status, retryAfterMs }: RequestFailure): boolean {
  if ((retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return false;
  return status === null || [408, 425, 429, 500, 502, 503, 504, 529].includes(status);
}

async function sendOnce(request: JsonRequest, { clock, signal }: RequestDeps): Promise<unknown> {
  const over = new AbortController();
  const limit = sleep(clock, request.timeoutMs, over.signal).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    const response = await fetchWithin(request.allowHosts ?? [])(request.url, {
      method: request.method,
      headers: { 'content-type': 'application/json', ...request.headers },
      body: request.body === null ? null : JSON.stringify(request.body),
      signal: AbortSignal.any([signal, over.signal]),
    });
    const text = await response.text();
    if (!response.ok) {
      const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), clock);
      const shown = text.slice(0, MAX_BODY);
      throw new RequestFailure(`it answered ${response.status}`, response.status, retryAfterMs, shown);
    }
    return parseJson(text);
  } catch (error) {
    if (error instanceof RequestFailure) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (systemErrorCode(cause) === TARGET_REFUSED) throw notAllowed(request.url, cause);
    const why = over.signal.aborted
      ? `it did not answer within ${request.timeoutMs / 1000} s`
      : `it could not be reached (${systemErrorCode(cause) ?? 'no connection'})`;
    throw new RequestFailure(why, null, null, '', error);
  } finally {
    over.abort();
    await limit;
  }
}

function notAllowed(url: string, cause: unknown): AppError {
  return new AppError('TARGET_NOT_ALLOWED', `${new URL(url).host} leads where nothing may be sent.`, {
    hint: 'Check what the name resolves to; it was another address when it was checked.',
    cause,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestFailure('its answer is no JSON', null, null, text.slice(0, MAX_BODY), cause);
  }
}

/** Seconds or a date; `null`: absent or neither. */
function readRetryAfter(header: string | null, clock: Clock): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - clock.date().getTime());
}
