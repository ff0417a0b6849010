import { lastName } from '../expressions.ts';
import type { Entity } from './entity.ts';
import { type Lookups, scopeOf } from './lookups.ts';
import type { TypeResolver } from './type-resolver.ts';

/** Decorators of Python that make a method read like a field; getters of JavaScript are marked `property` when read. */
const PROPERTY = /^(cached_?property|\w*_?property)$/;

/** What reading a property gives, by its type or its `return`s; anything else, or a property that tells nothing, itself. */
export function readProperty(entity: Entity, lookups: Lookups, types: TypeResolver): readonly Entity[] {
  if (entity.kind !== 'symbol') return [entity];
  const { kind, decorators } = lookups.program.symbol(entity);
  if (kind !== 'method' || !decorators.some((mark) => PROPERTY.test(lastName(mark) ?? ''))) return [entity];
  const place = scopeOf(entity, lookups.program);
  if (place === null) return [entity];
  const { returnType, returns } = lookups.program.facts(place.file).scopes[place.scope] ?? {
    returnType: null,
    returns: [],
  };
  const typed = returnType === null ? [] : types.named(returnType, place);
  if (typed.length > 0) return typed;
  const given = returns.flatMap((value) => [...lookups.evaluate(value, place)]);
  return given.length > 0 ? given : [entity];
}
