import type { HttpMethod } from '../types.ts';
import type { Route } from '../types-code.ts';
import type { Resolver } from './resolver.ts';

/** Finds the routes of one framework: the contract of `routes/`. */
export interface RouteFinder {
  readonly framework: string;
  readonly find: (resolver: Resolver) => readonly Route[];
}

/** Gives the finder as it is, with its type checked. */
export function defineRouteFinder(finder: RouteFinder): RouteFinder {
  return finder;
}

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** Gives a method from how a framework writes it (`get`, `del`, `HttpPost`, `all`); `null`: it is none. */
export function methodOf(text: string): HttpMethod | 'ANY' | null {
  const upper = text.toUpperCase();
  if (upper === 'ALL' || upper === 'ANY' || upper === '*') return 'ANY';
  if (upper === 'DEL') return 'DELETE';
  return METHODS.find((method) => method === upper) ?? null;
}
