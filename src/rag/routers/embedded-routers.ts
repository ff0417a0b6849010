import { lastName } from '../expressions.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { isRouterType } from './router-types.ts';

/** Routers that structs of Go embed, `type Handler struct { *mux.Router }`: what is called on the struct is called on them. */
export function listEmbedded(entity: Entity, types: RegExp, resolver: Resolver): readonly Entity[] {
  return resolver.types.of(entity).flatMap((type) => {
    const { bases, inScope } = resolver.program.symbol(type);
    const place = { file: type.file, scope: inScope };
    return bases
      .filter((base) => isRouterType(base, place, types, resolver))
      .flatMap((base) => resolver.member(type, lastName(base) ?? ''));
  });
}
