import { isIP } from 'node:net';
import { AppError } from '../errors.ts';
import { redact } from '../policy.ts';
import type { ProxyMapping, Upstream, UpstreamProtocol } from '../types.ts';
import { quote } from '../units.ts';

/** Port of each protocol where none is written; `null`: it must be written. */
const DEFAULT_PORTS: Readonly<Record<UpstreamProtocol, number | null>> = {
  http: 80,
  https: 443,
  psql: 5432,
  psqls: 5432,
  redis: 6379,
  tls: null,
  tcp: null,
};
const PROTOCOLS: readonly string[] = Object.keys(DEFAULT_PORTS);
const ALIASES: Readonly<Record<string, UpstreamProtocol>> = { postgres: 'psql', postgresql: 'psql' };
const HINT =
  'Write [PORT=][PROTOCOL://]HOST[:PORT], such as 35432=psql://127.0.0.1:5432 or http://[::1]:8080.';

/**
 * Reads `[PORT=][PROTOCOL://]HOST[:PORT]`. Without a listening port any free one is taken (0); without a protocol
 * it is `tcp`. A path behind the host is left out.
 *
 * @throws AppError BAD_INPUT with what was seen and expected.
 */
export function parseMapping(text: string): ProxyMapping {
  const match = /^\s*(?:([^=/[\]]*)=)?(?:([A-Za-z][\w+.-]*):\/\/)?([^/?#\s]*)(?:[/?#]\S*)?\s*$/.exec(text);
  if (match === null) throw misfit(text, 'this is no mapping');
  const listenPort = match[1] === undefined ? 0 : readPort(text, match[1], 0);
  const protocol = readProtocol(text, match[2]);
  const { host, port } = readAuthority(text, match[3] ?? '', protocol);
  return { listenPort, upstream: { protocol, host, port } };
}

/** Writes a mapping as `parseMapping` reads it, ports always written. */
export function formatMapping({ listenPort, upstream }: ProxyMapping): string {
  return `${listenPort === 0 ? '' : `${listenPort}=`}${upstream.protocol}://${formatAuthority(upstream)}`;
}

/** `host:port`, IPv6 in brackets. */
export function formatAuthority({ host, port }: Pick<Upstream, 'host' | 'port'>): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Names an origin so that two that lead to the same place are equal: host and port only, the default port filled
 * in, `localhost`, `127.0.0.1` and `::1` one. A text may be a URL, `host:port` or a mapping without listening port.
 *
 * @throws AppError BAD_INPUT when the text names no host and port.
 */
export function originKey(origin: Upstream | string): string {
  const { host, port } = typeof origin === 'string' ? parseMapping(origin).upstream : origin;
  return `${foldLoopback(host)}:${port}`;
}

function foldLoopback(host: string): string {
  // A URL has the one way of writing an IPv6 address (RFC 5952).
  const written = isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host.toLowerCase();
  const name = written.replace(/\.$/, '');
  return ['localhost', '127.0.0.1', '[::1]'].includes(name) ? 'localhost' : name;
}

function readProtocol(text: string, name: string | undefined): UpstreamProtocol {
  if (name === undefined) return 'tcp';
  const lower = name.toLowerCase();
  if (isProtocol(lower)) return lower;
  const alias = ALIASES[lower];
  if (alias !== undefined) return alias;
  throw misfit(text, `unknown protocol ${quote(name)}, expected one of ${PROTOCOLS.join(', ')}`);
}

function isProtocol(name: string): name is UpstreamProtocol {
  return PROTOCOLS.includes(name);
}

function readAuthority(
  text: string,
  written: string,
  protocol: UpstreamProtocol,
): { readonly host: string; readonly port: number } {
  const authority = written.slice(written.lastIndexOf('@') + 1);
  if (isIP(authority) === 6) throw misfit(text, `an IPv6 address stands in brackets: [${authority}]`);
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(authority);
  if (match === null) {
    throw misfit(text, `expected HOST or HOST:PORT, got ${quote(authority)}`);
  }
  const host = readHost(text, match[1], match[2]);
  if (match[3] !== undefined) return { host, port: readPort(text, match[3], 1) };
  const port = DEFAULT_PORTS[protocol];
  if (port === null) throw misfit(text, `${protocol} has no default port, so HOST:PORT is needed`);
  return { host, port };
}

function readHost(text: string, bracketed: string | undefined, plain: string | undefined): string {
  if (bracketed !== undefined) {
    if (isIP(bracketed) !== 6) throw misfit(text, `expected an IPv6 address in brackets, got [${bracketed}]`);
    return bracketed;
  }
  if (plain === undefined || plain === '') throw misfit(text, 'the host is missing');
  if (!/^[A-Za-z0-9._-]+$/.test(plain)) throw misfit(text, `${quote(plain)} is no host name`);
  return plain;
}

function readPort(text: string, port: string, lowest: number): number {
  const number = Number(port);
  if (!/^\d+$/.test(port.trim()) || number > 65_535 || number < lowest) {
    throw misfit(text, `expected a port from ${lowest} to 65535, got ${quote(port)}`);
  }
  return number;
}

function misfit(text: string, what: string): AppError {
  // A mapping may hold a password (postgres://user:password@host), which must not come back in a message, nor a part
  // of it that was taken for something else.
  const shown = redact(text).replace(/\/\/[^/@\s]*@/, '//***@');
  const why = shown === text ? what : 'it cannot be read';
  return new AppError('BAD_INPUT', `Mapping ${quote(shown)}: ${why}.`, { hint: HINT });
}
