import type { Expression } from '../facts.ts';
import type { Entity, Param, Place } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import type { Resolver } from '../names/resolver.ts';

/** Whether a type is one of a library's routers, by the names in `types`. */
export function isRouterType(type: Expression, place: Place, types: RegExp, resolver: Resolver): boolean {
  if (type.kind === 'index') return isRouterType(type.of, place, types, resolver);
  if (type.kind === 'either') return type.items.some((item) => isRouterType(item, place, types, resolver));
  if (type.kind !== 'name' && type.kind !== 'member') return false;
  return resolver
    .evaluate(type, place)
    .some((entity) => entity.kind === 'external' && types.test(entity.name));
}

/** Whether a type is an interface of the workspace. */
export function isOwnInterface(type: Expression, place: Place, resolver: Resolver): boolean {
  return resolver
    .evaluate(type, place)
    .some((entity) => entity.kind === 'symbol' && resolver.program.symbol(entity).kind === 'interface');
}

/** Whether a call of `target` makes a router: a library's constructor, or a class of the workspace that extends one. */
export function makesRouter(target: Entity, constructors: RegExp, resolver: Resolver, depth = 0): boolean {
  if (target.kind === 'external') return constructors.test(target.name);
  if (target.kind !== 'symbol' || depth > 4) return false;
  const { bases, inScope } = resolver.program.symbol(target);
  return bases.some((base) =>
    resolver
      .evaluate(base, { file: target.file, scope: inScope })
      .some((inner) => makesRouter(inner, constructors, resolver, depth + 1)),
  );
}

/** The first parameter of a function; `null`: it has none. */
export function firstParamOf(entity: Entity, { program }: Resolver): Param | null {
  const scope = scopeOf(entity, program);
  if (scope === null) return null;
  const { params } = program.facts(scope.file).scopes[scope.scope] ?? { params: [] };
  return params.length === 0 ? null : { kind: 'param', ...scope, index: 0 };
}
