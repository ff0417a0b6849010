import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from './http-message.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** A new bearer token: 32 random bytes, base64url. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Says why a request may not come in; `null`: it may. `Host` and `Origin` must name this server, or a page in a
 * browser could reach it by a name that resolves to it (DNS rebinding); the token is compared in constant time.
 */
export function checkAccess(
  headers: IncomingHttpHeaders,
  { host, token }: { readonly host: string; readonly token: string },
): Refusal | null {
  const names = new Set([...LOOPBACK_NAMES, host.includes(':') ? `[${host}]` : host]);
  const asked = hostnameOf(`http://${headers.host ?? ''}`);
  if (asked === null || !names.has(asked)) {
    return { status: 403, message: 'The Host header does not name this server.' };
  }
  const origin = headers.origin;
  if (origin !== undefined && !names.has(hostnameOf(origin) ?? '')) {
    return { status: 403, message: 'Requests from pages of this origin are not served.' };
  }
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined || !isSame(given, token)) {
    return {
      status: 401,
      message:
        'A bearer token is needed: the one that was shown at the start, or that BREAKWATER_TOKEN holds.',
      headers: { 'www-authenticate': 'Bearer' },
    };
  }
  return null;
}

function hostnameOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).hostname : null;
}

/** Hashes first, so that neither content nor length shows in the time that it takes. */
function isSame(left: string, right: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(left), hash(right));
}
