import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { canonicalHost, isLocalName, isMetadataName, kindOfAddress } from './addresses.ts';

/** What a socket to one host and port is opened by. */
export interface TargetGuard {
  /** Why it must not be opened at all; `null`: it may, or `lookup` decides. */
  readonly refusal: string | null;
  /**
   * For `net`, `http` and `undici`: gives addresses that were looked at, so that a name cannot lead elsewhere between
   * check and use. Fails with `TARGET_REFUSED` where one of them is not allowed.
   */
  readonly lookup: LookupFunction;
}

/** Gives all addresses of a name. @throws what `dns.lookup` does */
export type Resolver = (name: string, options: LookupOptions) => Promise<readonly LookupAddress[]>;

/** Code of the error with which a refused socket ends. */
export const TARGET_REFUSED = 'ERR_TARGET_NOT_ALLOWED';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];
const systemResolver: Resolver = (name, options) => lookUp(name, { ...options, all: true });

/**
 * Makes the guard for one host and port. Loopback is always allowed, another host where `allowHosts` has it (as
 * `host` or `host:port`), a metadata service never.
 */
export function guardTarget(
  host: string,
  port: number,
  allowHosts: readonly string[],
  resolver: Resolver = systemResolver,
): TargetGuard {
  const name = canonicalHost(host);
  const judge = (addresses: readonly string[]) => judgeTarget(name, port, addresses, allowHosts);
  return {
    refusal: judge(isIP(name) > 0 ? [name] : []),
    lookup(asked, options, callback) {
      resolveTarget(asked, options, resolver).then(
        (found) => {
          const why = judge(found.map(({ address }) => address));
          const fitting = found.filter(({ family }) => fits(family, options.family));
          const [first] = fitting;
          if (why !== null) callback(refused(name, why), []);
          else if (first === undefined) callback(notFound(asked), []);
          else if (options.all === true) callback(null, [...fitting]);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : notFound(asked), []),
      );
    },
  };
}

/** Why a host with these addresses is no target; `null`: it may be one. `host` is in canonical form. */
export function judgeTarget(
  host: string,
  port: number,
  addresses: readonly string[],
  allowHosts: readonly string[],
): string | null {
  if (isMetadataName(host)) return 'it is the name of a metadata service';
  const kinds = addresses.map((address) => ({ address, kind: kindOfAddress(address) }));
  const hidden = kinds.find(({ kind }) => kind === 'metadata');
  if (hidden !== undefined) return `${hidden.address} is a link-local (metadata) address`;
  const elsewhere = kinds.find(({ kind }) => kind === 'elsewhere');
  if (elsewhere === undefined || isListed(host, port, allowHosts)) return null;
  return `${elsewhere.address} is not on this machine`;
}

/** Every address of a host; names at and below `localhost` are loopback without asking anybody else. */
export async function resolveTarget(
  host: string,
  options: LookupOptions = {},
  resolver: Resolver = systemResolver,
): Promise<readonly LookupAddress[]> {
  const name = canonicalHost(host);
  const version = isIP(name);
  if (version > 0) return [{ address: name, family: version }];
  if (!isLocalName(name)) return resolver(host, { ...options, family: 0 });
  // The order is the system's: a service may listen on ::1 alone.
  const known = name === 'localhost' ? await resolver(name, options).catch(() => []) : [];
  const local = known.filter(({ address }) => kindOfAddress(address) === 'loopback');
  return local.length > 0 ? local : LOOPBACK;
}

function isListed(host: string, port: number, allowHosts: readonly string[]): boolean {
  return allowHosts.some((entry) => {
    if (isIP(entry) === 6) return canonicalHost(entry) === host;
    const [, name = entry, wanted] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry.trim()) ?? [];
    return canonicalHost(name) === host && (wanted === undefined || Number(wanted) === port);
  });
}

function fits(family: number, wanted: LookupOptions['family']): boolean {
  if (wanted === 4 || wanted === 'IPv4') return family === 4;
  return wanted === 6 || wanted === 'IPv6' ? family === 6 : true;
}

function refused(host: string, why: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is not an allowed target: ${why}`), { code: TARGET_REFUSED });
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
}
