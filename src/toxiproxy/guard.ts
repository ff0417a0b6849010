import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const LOOPBACK_HOST = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Keeps web pages out: a name that an attacker lets point to this machine (DNS rebinding) shows in `Host`, a page of
 * another site in `Origin` and `Sec-Fetch-Site`, a browser in `User-Agent` (as Toxiproxy has it).
 *
 * @throws ApiError 403
 */
export function checkCaller({ headers }: Pick<IncomingMessage, 'headers'>): void {
  if (!LOOPBACK_HOST.test(headers.host ?? '')) {
    throw new ApiError(403, 'host not allowed: call 127.0.0.1 or localhost');
  }
  const { origin } = headers;
  if (origin !== undefined && !LOOPBACK_HOST.test(origin.replace(/^https?:\/\//, ''))) {
    throw new ApiError(403, 'origin not allowed');
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') throw new ApiError(403, 'origin not allowed');
  if (headers['user-agent']?.startsWith('Mozilla/') === true) {
    throw new ApiError(403, 'User agent not allowed');
  }
}
