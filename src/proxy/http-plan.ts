import type { Head, RequestHead, ResponseHead } from './http-head.ts';
import type { BodyPlan } from './message-reader.ts';

/** Where the body of a request ends (RFC 9112 §6.3); `null`: its length cannot be read. */
export function planRequestBody(head: RequestHead): BodyPlan | null {
  return planByFields(head, 'none');
}

/** Where the body of a response ends, which depends on the request too; `null`: its length cannot be read. */
export function planResponseBody(head: ResponseHead, requestMethod: string | null): BodyPlan | null {
  const { status } = head;
  if (status === 101 || (requestMethod === 'CONNECT' && status >= 200 && status < 300)) {
    return { kind: 'tunnel' };
  }
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  return planByFields(head, 'until_end');
}

function planByFields(head: Head, otherwise: 'none' | 'until_end'): BodyPlan | null {
  const codings = head.values('transfer-encoding');
  if (codings.length > 0) {
    const last = codings.join(',').split(',').at(-1)?.trim().toLowerCase();
    if (last === 'chunked') return { kind: 'chunked' };
    return otherwise === 'none' ? null : { kind: otherwise };
  }
  const lengths = head.values('content-length');
  if (lengths.length === 0) return { kind: otherwise };
  // The same length may be said more than once, but not another one.
  const bytes = /^(\d+)(?:\s*,\s*\1)*$/.exec(lengths.join(','))?.[1];
  if (bytes === undefined || !Number.isSafeInteger(Number(bytes))) return null;
  return Number(bytes) === 0 ? { kind: 'none' } : { kind: 'length', bytes: Number(bytes) };
}
