import { AppError } from '../errors.ts';
import type { Upstream } from '../types.ts';
import type { ProxySpec } from '../types-proxy.ts';
import type { FaultProgram } from '../types-run.ts';
import { type RequestHead, rewriteHead } from './http-head.ts';
import { originKey, parseMapping } from './mapping.ts';

/**
 * A forward proxy, for applications that use HTTP_PROXY and HTTPS_PROXY: the upstream is what each request names
 * (absolute form or CONNECT), and `upstream` itself is not used. Its faults act on exchanges with `origins` only.
 */
export interface ForwardSpec extends ProxySpec {
  /** Origins as URLs or `host:port`; `*`: all. */
  readonly origins: readonly string[];
}

/** Faults of a forward proxy that act on exchanges with `origins` only, in place of those it was opened with. */
export interface ForwardProgram extends FaultProgram {
  readonly origins: readonly string[];
}

const FOR_PROXY = ['proxy-connection', 'proxy-authorization'];

/** Whether a specification asks for a forward proxy. */
export function isForward(spec: ProxySpec): spec is ForwardSpec {
  return 'origins' in spec && Array.isArray(spec.origins);
}

/** Whether a program names its own origins. */
export function namesOrigins(program: FaultProgram): program is ForwardProgram {
  return 'origins' in program && Array.isArray(program.origins);
}

/** Makes a test that says whether faults act on an upstream. */
export function matchOrigins(origins: readonly string[]): (upstream: Upstream) => boolean {
  if (origins.includes('*')) return () => true;
  const keys = new Set(origins.map(originKey));
  return (upstream) => keys.has(originKey(upstream));
}

/** Upstream that a request to a forward proxy names; `null`: it names none that can be reached. */
export function readForwardTarget(head: RequestHead): Upstream | null {
  const isTunnel = head.method === 'CONNECT';
  if (!isTunnel && !/^https?:\/\//i.test(head.target)) return null;
  try {
    const { upstream } = parseMapping(
      isTunnel ? `tcp://${head.target}` : head.target.replace(/[?#].*$/s, ''),
    );
    return upstream;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/**
 * The head as the upstream gets it: its own path in place of the whole URL, without what was for the proxy. Its Host is
 * that of the URL, whatever the client wrote there (RFC 9112 §3.2.2): it is the one that was judged and connected to.
 */
export function toOriginForm(head: RequestHead): Buffer {
  const [whole = '', authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(head.target) ?? [];
  const path = head.target.slice(whole.length);
  const target = path.startsWith('/') ? path : `/${path}`;
  const firstLine = `${head.method} ${target} HTTP/${head.version}`;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const hasHost = head.names.includes('host');
  return rewriteHead(
    head,
    (name, line) => {
      if (name === 'host') return `${line.slice(0, line.indexOf(':'))}: ${host}`;
      return FOR_PROXY.includes(name) ? null : line;
    },
    hasHost ? firstLine : `${firstLine}\r\nHost: ${host}`,
  );
}
