import { AppError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import { formatAuthority, parseMapping } from '../proxy/mapping.ts';
import type { Upstream } from '../types.ts';
import { quote } from '../units.ts';

const LOOPBACK = '127.0.0.1';
const LOOPBACK_NAMES = ['', 'localhost', LOOPBACK, '::1'];

/**
 * Reads where to listen (`127.0.0.1:8666`, `localhost:0`, `:8666`, or nothing for any free port) and gives the port.
 *
 * @throws AppError BAD_INPUT for what is no address, and for hosts that are not loopback.
 */
export function parseListen(text: string): number {
  if (text === '') return 0;
  const read = parseListenAddress(text);
  if (read === null || read.host === null) {
    throw new AppError('BAD_INPUT', `Expected a listen address HOST:PORT, got ${quote(text)}.`, {
      hint: 'Write 127.0.0.1:8666, or 127.0.0.1:0 for any free port.',
    });
  }
  const { host, port } = read;
  if (!LOOPBACK_NAMES.includes(host.toLowerCase())) {
    throw new AppError('BAD_INPUT', `Breakwater listens on loopback only, not on ${quote(text)}.`, {
      hint: `Write ${LOOPBACK}:${port}.`,
    });
  }
  return port;
}

/** Writes the address of a listening port. */
export function formatListen(port: number): string {
  return `${LOOPBACK}:${port}`;
}

/**
 * Reads an upstream, `HOST:PORT`.
 *
 * @throws AppError BAD_INPUT
 */
export function parseUpstream(text: string): Upstream {
  if (/[/=@\s]/.test(text)) {
    throw new AppError('BAD_INPUT', `Expected an upstream HOST:PORT, got ${quote(text)}.`, {
      hint: 'Write it without protocol and path, such as 127.0.0.1:5432.',
    });
  }
  return parseMapping(`tcp://${text}`).upstream;
}

/** The upstream as a URL, for `checkTarget`. */
export function upstreamUrl(upstream: Upstream): string {
  return `http://${formatAuthority(upstream)}`;
}
