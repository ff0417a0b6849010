import type { HttpMethod } from '../types.ts';
import type { Route } from '../types-code.ts';
import type { Resolver } from './names/resolver.ts';

/** Finds the routes of one framework: the contract of `routes/`. */
export interface RouteFinder {
  readonly framework: string;
  /** `before`: the routes of the finders that stand before this one in the list. */
  readonly find: (resolver: Resolver, before: readonly Route[]) => readonly Route[];
}

/** Gives the finder as it is, with its type checked. */
export function defineRouteFinder(finder: RouteFinder): RouteFinder {
  return finder;
}

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

const known = new Map<string, HttpMethod | 'ANY' | null>();

/** Gives a method from how a framework writes it (`get`, `del`, `HttpPost`, `all`); `null`: it is none. */
export function methodOf(text: string): HttpMethod | 'ANY' | null {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const method = readMethod(text.toUpperCase());
  // Each call in a workspace is asked about; the names of methods are few.
  if (known.size < MAX_KNOWN) known.set(text, method);
  return method;
}

const MAX_KNOWN = 20_000;

function readMethod(upper: string): HttpMethod | 'ANY' | null {
  if (upper === 'ALL' || upper === 'ANY' || upper === '*') return 'ANY';
  if (upper === 'DEL') return 'DELETE';
  return METHODS.find((method) => method === upper) ?? null;
}

/** Whether a call of this name declares a route by its method, or is one of `others`. */
export function speaksOf(...others: readonly string[]): (name: string) => boolean {
  const names = new Set(others);
  return (name) => names.has(name) || methodOf(name) !== null;
}
