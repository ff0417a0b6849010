import { type Head, hasToken, type RequestHead, type ResponseHead } from './http-head.ts';
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
  if (hasToken(head, 'transfer-encoding', 'chunked')) return { kind: 'chunked' };
  if (head.values('transfer-encoding').length > 0) return otherwise === 'none' ? null : { kind: otherwise };
  const [length] = head.values('content-length');
  if (length === undefined) return { kind: otherwise };
  const bytes = /^(\d+)(?:\s*,\s*\1)*$/.exec(length)?.[1];
  if (bytes === undefined || !Number.isSafeInteger(Number(bytes))) return null;
  return Number(bytes) === 0 ? { kind: 'none' } : { kind: 'length', bytes: Number(bytes) };
}
