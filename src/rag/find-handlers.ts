import type { HandlerMatch, Route } from '../types-code.ts';
import type { HandlerQuery } from './code-index.ts';
import { findSharedPrefixes, matchPaths, type PathMatch } from './path-match.ts';

const NO_PREFIXES: ReadonlySet<string> = new Set();

interface Scored extends HandlerMatch {
  readonly order: number;
}

/**
 * Ranks the routes that answer an operation, best first; empty is "no handler here". `bases` are what the document
 * that has the operation's path puts before it: what lies there outweighs the path as it is written.
 */
export function findHandlers(
  query: HandlerQuery,
  routes: readonly Route[],
  bases: readonly string[] = [],
): readonly HandlerMatch[] {
  const shared = findSharedPrefixes(routes.map((route) => route.path));
  const idCounts = countIds(routes);
  const scored = routes.flatMap((route, order): Scored[] => {
    const match = scoreRoute(query, route, shared, idCounts, bases);
    return match === null ? [] : [{ route, ...match, order }];
  });
  scored.sort((a, b) => b.confidence - a.confidence || a.order - b.order);
  const seen = new Set<string>();
  return scored.flatMap(({ route, confidence, why }) => {
    const key = `${route.handler.file}:${route.handler.startLine}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ route, confidence: Math.round(confidence * 100) / 100, why }];
  });
}

function scoreRoute(
  query: HandlerQuery,
  route: Route,
  shared: ReadonlySet<string>,
  idCounts: ReadonlyMap<string, number>,
  bases: readonly string[],
): { readonly confidence: number; readonly why: string } | null {
  const method = scoreMethod(query, route);
  if (method === null) return null;
  const id = query.operationId === null ? null : matchId(query.operationId, route);
  if (query.path !== null) {
    const path = scorePath(query.path, route, shared, bases);
    if (path !== null) {
      const confidence = Math.min(1, path.score * method.score * 0.95 + idBonus(id));
      return { confidence, why: joinWhy([method.why, path.why, id?.why]) };
    }
  }
  // An id alone must name one handler only; where a path was given that the code does not have, it must be the id
  // itself, since handlers of other paths often share a name.
  if (id === null || (query.path !== null && !id.exact)) return null;
  const count = idCounts.get(normaliseId((id.exact ? route.operationId : route.handlerName) ?? '')) ?? 1;
  const unique = id.exact || count === 1;
  if (query.path !== null && !unique) return null;
  const confidence =
    (id.exact ? 0.9 : 0.8) * (unique ? 1 : 0.6) * (query.path === null ? 1 : 0.7) * method.score;
  const elsewhere = query.path === null ? undefined : `the code's path is ${route.path}`;
  return { confidence, why: joinWhy([id.why, elsewhere]) };
}

/** A path that the document's server completes counts in full, as it is written a little less. */
function scorePath(
  wanted: string,
  route: Route,
  shared: ReadonlySet<string>,
  bases: readonly string[],
): PathMatch | null {
  // ASP.NET Core does not tell capitals apart.
  const fold = (text: string) => (route.framework.startsWith('aspnet') ? text.toLowerCase() : text);
  for (const base of bases) {
    const whole = matchPaths(fold(base + wanted), fold(route.path), NO_PREFIXES);
    if (whole?.score === 1)
      return { score: 1, why: `same path below ${base}, where the document's server is` };
  }
  const plain = matchPaths(fold(wanted), fold(route.path), shared);
  return plain === null || bases.length === 0 ? plain : { ...plain, score: plain.score * 0.9 };
}

/** The id itself outweighs a base path that the document leaves out, where the code has both paths. */
function idBonus(id: { readonly exact: boolean } | null): number {
  if (id === null) return 0;
  return id.exact ? 0.15 : 0.05;
}

function scoreMethod(
  query: HandlerQuery,
  route: Route,
): { readonly score: number; readonly why: string } | null {
  if (query.method === null) return { score: 0.95, why: 'any method' };
  if (route.method === query.method) return { score: 1, why: 'same method' };
  if (route.method === 'ANY') return { score: 0.9, why: 'answers every method' };
  return query.method === 'HEAD' && route.method === 'GET' ? { score: 0.8, why: 'GET answers HEAD' } : null;
}

function matchId(wanted: string, route: Route): { readonly exact: boolean; readonly why: string } | null {
  if (route.operationId === wanted) return { exact: true, why: 'same operation id' };
  const plain = normaliseId(wanted);
  if (route.operationId !== null && normaliseId(route.operationId) === plain) {
    return { exact: true, why: 'same operation id but for its spelling' };
  }
  if (route.handlerName === null) return null;
  const name = normaliseId(route.handlerName);
  if (name === plain) return { exact: false, why: 'the handler has the name of the operation id' };
  // `orders-list`, `OrdersController_list`, `orders.list`
  const parts = wanted.split(/[-_.:/]/);
  const isLast = parts.length > 1 && normaliseId(parts.at(-1) ?? '') === name;
  const tag = normaliseId(parts[0] ?? '').replace(/controller$/, '');
  const isTagged = tag.length > 2 && normaliseId(`${route.path}${route.handler.file}`).includes(tag);
  return isLast && isTagged
    ? { exact: false, why: 'the operation id ends in the name of the handler' }
    : null;
}

/** How many handlers have an id, or a name, in any spelling. */
function countIds(routes: readonly Route[]): ReadonlyMap<string, number> {
  const handlers = new Map<string, Set<string>>();
  for (const { operationId, handlerName, handler } of routes) {
    for (const id of new Set([normaliseId(operationId ?? ''), normaliseId(handlerName ?? '')])) {
      const places = handlers.get(id) ?? new Set();
      handlers.set(id, places.add(`${handler.file}:${handler.startLine}`));
    }
  }
  return new Map([...handlers].map(([id, places]) => [id, places.size]));
}

/** An id or a name without its capitals and marks. */
export function normaliseId(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function joinWhy(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ');
}
