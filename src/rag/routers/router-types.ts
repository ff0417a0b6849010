import type { Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
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
