import type { Entity } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

type SymbolEntity = Entity & { readonly kind: 'symbol' };

/** Types that oapi-codegen writes beside its interfaces, which answer nothing themselves. */
const GENERATED_TYPES = /^(Unimplemented|strictHandler|ServerInterfaceWrapper)$/;

/**
 * The method that answers behind oapi-codegen's `wrapper.ListOrders`: of the type that implements `StrictServerInterface`
 * or `ServerInterface`. `null`: the handler is no such wrapper, or nothing implements the interface.
 */
export function findBehindWrapper(handler: SymbolEntity, resolver: Resolver): SymbolEntity | null {
  const { name, parent } = resolver.program.symbol(handler);
  if (parent !== 'ServerInterfaceWrapper') return null;
  for (const wanted of ['StrictServerInterface', 'ServerInterface']) {
    const found = findImplemented(wanted, name, handler.file, resolver);
    if (found !== null) return found;
  }
  return null;
}

/** The method of the class that implements `OrdersApiDelegate`, as openapi-generator hangs it behind `OrdersApi`. */
export function findBehindDelegate(
  api: string,
  method: string,
  file: string,
  resolver: Resolver,
): SymbolEntity | null {
  return findImplemented(`${api}Delegate`, method, file, resolver);
}

function findImplemented(
  type: string,
  method: string,
  file: string,
  resolver: Resolver,
): SymbolEntity | null {
  for (const contract of resolver.types.classesNamed(type, file)) {
    for (const made of resolver.types.implementers(contract, method)) {
      if (GENERATED_TYPES.test(resolver.program.symbol(made).name)) continue;
      const own = resolver.program.membersOf(made, method).find((member) => member.kind === 'symbol');
      if (own?.kind === 'symbol') return own;
    }
  }
  return null;
}
