import type { HandlerMatch, Route } from '../types-code.ts';
import { normaliseId } from './find-handlers.ts';

/** Less than any match by the route itself. */
const CONFIDENCE = 0.6;

/**
 * The handler written in place, which has no name of its own, that alone calls a function named as the operation id:
 * `router.post('/users', async (req, res) => res.json(await createUser(req.body)))` for `createUser`. Empty: none, or
 * several.
 */
export function findByCallees(
  operationId: string,
  routes: readonly Route[],
  calleesOf: (route: Route) => readonly string[],
): readonly HandlerMatch[] {
  const wanted = normaliseId(operationId);
  const found = new Map<string, Route>();
  for (const route of routes) {
    if (route.handlerName !== null || !calleesOf(route).some((name) => normaliseId(name) === wanted))
      continue;
    found.set(`${route.handler.file}:${route.handler.startLine}`, route);
    if (found.size > 1) return [];
  }
  return [...found.values()].map((route) => ({
    route,
    confidence: CONFIDENCE,
    why: 'the only handler that calls a function with the name of the operation id',
  }));
}
