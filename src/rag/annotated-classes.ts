import { keyword, lastName, positional } from './expressions.ts';
import type { CallExpression, Expression, SymbolFact } from './facts.ts';
import { constantOf } from './names/constants.ts';
import type { Entity, Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

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
  const lineage = [{ type: owner, methods: own }];
  const inherited = allBasesOf(owner, resolver).flatMap((base) => {
    const methods = methodsOf(base, resolver);
    const found = methods.flatMap((method): AnnotatedMethod[] => {
      const overrides = lineage.flatMap(({ type, methods: nearer }) =>
        nearer.flatMap((one) => (isOverride(one, type, method, base, resolver) ? [{ one, type }] : [])),
      );
      // Annotations of a method that overrides another count alone.
      if (overrides.some(({ one }) => annotationOf(one, MAPPED) !== null)) return [];
      const [nearest = { one: method, type: base }] = overrides;
      return [{ declared: method, declaredIn: base, handler: nearest.one, file: nearest.type.file }];
    });
    lineage.push({ type: base, methods });
    return found;
  });
  return [...declared, ...inherited];
}

/** Annotations that make a method answer. */
const MAPPED =
  /^(Http[A-Z]\w*|\w+Mapping|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Get|Post|Put|Patch|Delete|Head|Options)$/;

function isOverride(
  one: SymbolFact,
  owner: ClassEntity,
  method: SymbolFact,
  base: ClassEntity,
  resolver: Resolver,
): boolean {
  return (
    one.name === method.name && countParams(one, owner, resolver) === countParams(method, base, resolver)
  );
}

function countParams({ scope }: SymbolFact, owner: ClassEntity, resolver: Resolver): number {
  return resolver.program.facts(owner.file).scopes[scope ?? -1]?.params.length ?? 0;
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

/** The same, or that which an annotation of the workspace carries: `@interface Api` with `@RestController`. */
export function composedAnnotationOf(
  symbol: SymbolFact,
  name: RegExp,
  place: Place,
  resolver: Resolver,
): ReturnType<typeof annotationOf> {
  const own = annotationOf(symbol, name);
  if (own !== null) return own;
  for (const decorator of symbol.decorators) {
    const called = decorator.kind === 'call' ? decorator.callee : decorator;
    for (const entity of resolver.evaluate(called, place)) {
      const carried = entity.kind === 'symbol' ? annotationOf(resolver.program.symbol(entity), name) : null;
      if (carried !== null) return carried;
    }
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

/** Classes and interfaces that a class is made from, nearest first, each once. */
export function allBasesOf(owner: ClassEntity, resolver: Resolver): readonly ClassEntity[] {
  const found = new Map<string, ClassEntity>();
  let front = resolver.types.basesOf(owner);
  while (front.length > 0) {
    const fresh = front.filter(({ file, index }) => !found.has(`${file}:${index}`));
    for (const base of fresh) found.set(`${base.file}:${base.index}`, base);
    front = fresh.flatMap((base) => [...resolver.types.basesOf(base)]);
  }
  return [...found.values()];
}

function methodsOf(owner: ClassEntity, resolver: Resolver): readonly SymbolFact[] {
  const { scope } = resolver.program.symbol(owner);
  return resolver.program
    .facts(owner.file)
    .symbols.filter((symbol) => symbol.inScope === scope && symbol.kind === 'method');
}
