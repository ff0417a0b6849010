import { lastName } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { Declared, Spoken } from './router-declarations.ts';
import type { RouterGraph } from './router-graph.ts';

/** Routes that decorators of a file's functions and classes declare. */
export function listDecorated(file: string, graph: RouterGraph, resolver: Resolver): Declared[] {
  return resolver.program.facts(file).symbols.flatMap((symbol, index) =>
    symbol.decorators.flatMap((call): Declared[] => {
      if (call.kind !== 'call') return [];
      const place = { file, scope: symbol.inScope };
      const spoken = spokenBy(call, place, graph);
      if (spoken?.said.does !== 'route') return [];
      return [{ said: spoken.said, on: spoken.on, place, call, handledAt: place, decorated: index }];
    }),
  );
}

/**
 * What a decorator says to a router: `@router.get("/x")`; also where one of the application's own is given the
 * router's method, `@protected(router.get, "/x")`, or the router, `@route(router, "/x")`.
 */
function spokenBy(call: CallExpression, place: Place, graph: RouterGraph): Spoken | null {
  const own = graph.callOn(call, place);
  const [first, ...args] = call.args;
  if (own !== null || first === undefined || first.name !== null || args.length === 0) return own;
  const name = lastName(call.callee);
  const given = first.value;
  const inner = given.kind === 'member' ? graph.callOn({ ...call, callee: given, args }, place) : null;
  if (inner !== null || name === null) return inner;
  const callee: Expression = { kind: 'member', of: given, name };
  return graph.callOn({ ...call, callee, args }, place);
}
