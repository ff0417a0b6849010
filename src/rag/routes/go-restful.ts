import type { Route } from '../../types-code.ts';
import { chainOf, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { findHandler } from '../handlers.ts';
import { listArguments } from '../names/arguments.ts';
import { type CallChain, chainOfCalls } from '../names/call-chain.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** go-restful: `ws.Path("/orders")`, then `ws.Route(ws.GET("/{id}").To(show))`, also in functions that are given `ws`. */
export default defineRouteFinder({
  framework: 'go-restful',
  find(resolver) {
    const { program } = resolver;
    if (!program.usesModule('emicklei/go-restful', 'go')) return [];
    const bases = new Map<string, string>();
    for (const { place, call, name } of program.memberCalls('go')) {
      const [first = null] = positional(call);
      const path = name === 'Path' ? constantOf(first, place, resolver) : null;
      const chain = path === null ? null : chainOfCalls(call);
      // `ws.Method("GET").Path(…)` is a route and no service.
      if (chain === null || chain.links.some((link) => link.name === 'Method')) continue;
      for (const key of keysOf(chain, place, resolver)) bases.set(key, path ?? '');
    }
    return program.memberCalls('go').flatMap(({ place, call, name }) => {
      const chain = name === 'To' ? chainOfCalls(call) : null;
      return chain === null ? [] : routesOf(chain, call, place, bases, resolver);
    });
  },
});

function routesOf(
  chain: CallChain,
  call: CallExpression,
  place: Place,
  bases: ReadonlyMap<string, string>,
  resolver: Resolver,
): Route[] {
  const said = chain.links.flatMap(({ name, call: link }) => {
    const [first = null] = positional(link);
    const verb = name === 'Method' ? constantOf(first, place, resolver) : name;
    const method = methodOf(verb ?? '');
    return method === null ? [] : [{ method, path: name === 'Method' ? null : first }];
  })[0];
  const own = chain.links.find(({ name }) => name === 'Path')?.call.args[0]?.value ?? null;
  const path = constantOf(said?.path ?? own, place, resolver);
  const handler = findHandler(positional(call), call, place, resolver);
  if (said === undefined || path === null || handler === null) return [];
  const base = keysOf(chain, place, resolver).flatMap((key) => bases.get(key) ?? [])[0] ?? '';
  return [
    {
      framework: 'go-restful',
      method: said.method,
      path: toTemplate(joinPaths(base, path), 'braces'),
      operationId: null,
      handler: handler.range,
      handlerName: handler.name,
      declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
    },
  ];
}

/** Names of the web service that a chain is said to: its own, and those of the functions' callers that give it. */
function keysOf({ root }: CallChain, place: Place, resolver: Resolver): readonly string[] {
  const name = chainOf(root);
  if (name === null) return [];
  return listGivers(name, place, resolver, 0);
}

const MAX_DEPTH = 3;

/** Follows a parameter to what callers give; a local variable is told by its file and the function that it is bound in. */
function listGivers(name: string, place: Place, resolver: Resolver, depth: number): readonly string[] {
  const { program } = resolver;
  const { scopes } = program.facts(place.file);
  for (let scope = place.scope; scope >= 0; scope = scopes[scope]?.parent ?? -1) {
    const at = { file: place.file, scope };
    if (program.bindingsOf(at, name).length > 0) return [`${at.file} ${scope} ${name}`];
    const index = scopes[scope]?.params.findIndex((param) => param.name === name) ?? -1;
    if (index < 0) continue;
    const own = `${at.file} ${scope} ${name}`;
    if (depth >= MAX_DEPTH) return [own];
    const given = listArguments({ kind: 'param', ...at, index }, 'go', resolver);
    const above = given.flatMap(({ expression, place: from }) => {
      const inner = chainOf(expression);
      return inner === null ? [] : [...listGivers(inner, from, resolver, depth + 1)];
    });
    return [own, ...above];
  }
  return [`${place.file} ${name}`];
}
