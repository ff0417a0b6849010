import { constantOf } from './constants.ts';
import type { Entity, Place } from './entity.ts';
import { keyword, lastName, positional } from './expressions.ts';
import type { CallExpression, Expression, SymbolFact } from './facts.ts';
import type { Resolver } from './resolver.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** A method that annotations make a handler, and the code that answers. */
export interface AnnotatedMethod {
  /** Where the annotations stand: in a class or in an interface that it implements. */
  readonly declared: SymbolFact;
  readonly declaredIn: ClassEntity;
  readonly handler: SymbolFact;
  readonly file: string;
}

/** Methods of a class with annotations of their own, or with those of the interface that they implement. */
export function listAnnotatedMethods(owner: ClassEntity, resolver: Resolver): readonly AnnotatedMethod[] {
  const own = methodsOf(owner, resolver);
  const declared = own.map((method) => ({
    declared: method,
    declaredIn: owner,
    handler: method,
    file: owner.file,
  }));
  const inherited = resolver.types.basesOf(owner).flatMap((base) =>
    methodsOf(base, resolver).map((method) => {
      const written = own.find((one) => one.name === method.name);
      return {
        declared: method,
        declaredIn: base,
        handler: written ?? method,
        file: written === undefined ? base.file : owner.file,
      };
    }),
  );
  return [...declared, ...inherited];
}

/** The annotation of this name; `null`: none. One without arguments has no call. */
export function annotationOf(
  symbol: SymbolFact,
  name: RegExp,
): { readonly name: string; readonly call: CallExpression | null } | null {
  for (const decorator of symbol.decorators) {
    const found = lastName(decorator.kind === 'call' ? decorator.callee : decorator) ?? '';
    if (name.test(found)) return { name: found, call: decorator.kind === 'call' ? decorator : null };
  }
  return null;
}

/** Paths that an annotation states, as its first argument or under one of `names`; none is one empty path. */
export function annotationPaths(
  call: CallExpression | null,
  names: readonly string[],
  place: Place,
  resolver: Resolver,
): readonly string[] {
  const given: Expression | null = call === null ? null : (positional(call)[0] ?? keyword(call, ...names));
  if (given === null) return [''];
  const items = given.kind === 'list' ? given.items : [given];
  return items.flatMap((item) => constantOf(item, place, resolver) ?? []);
}

function methodsOf(owner: ClassEntity, resolver: Resolver): readonly SymbolFact[] {
  const { scope } = resolver.program.symbol(owner);
  return resolver.program
    .facts(owner.file)
    .symbols.filter((symbol) => symbol.inScope === scope && symbol.kind === 'method');
}
