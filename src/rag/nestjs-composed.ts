import { entryOf, lastName, positional, stringOf, walkExpression } from './expressions.ts';
import type { CallExpression, Expression, SymbolFact } from './facts.ts';
import { constantOf } from './names/constants.ts';
import type { Place } from './names/entity.ts';
import { scopeOf } from './names/lookups.ts';
import type { Resolver } from './names/resolver.ts';

/**
 * `Controller(…)` of a decorator that the application composes, `const Api = (path) => applyDecorators(Controller(path))`,
 * with the path that this class gives to it. `null`: the class has no such decorator.
 */
export function composedController(
  symbol: SymbolFact,
  place: Place,
  resolver: Resolver,
): CallExpression | null {
  for (const decorator of symbol.decorators) {
    if (decorator.kind !== 'call') continue;
    for (const entity of resolver.evaluate(decorator.callee, place)) {
      const inner = scopeOf(entity, resolver.program);
      const made = inner === null ? undefined : resolver.program.facts(inner.file).scopes[inner.scope];
      const composed = made?.returns.flatMap((value) => findController(value) ?? [])[0];
      if (inner === null || made === undefined || composed === undefined) continue;
      const given = new Map(
        made.params.flatMap(({ name }, index) => {
          const value = positional(decorator)[index];
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
      return fillPath(composed, given, place, inner, resolver);
    }
  }
  return null;
}

function findController(value: Expression): CallExpression | null {
  let found: CallExpression | null = null;
  walkExpression(value, (inner) => {
    if (inner.kind === 'call' && lastName(inner.callee) === 'Controller') found ??= inner;
  });
  return found;
}

/** The call with its path as it is where the decorator stands. */
function fillPath(
  call: CallExpression,
  given: ReadonlyMap<string, Expression>,
  at: Place,
  inner: Place,
  resolver: Resolver,
): CallExpression {
  const [first] = positional(call);
  const isOptions = first?.kind === 'map';
  const path = isOptions ? entryOf(first, 'path') : (first ?? null);
  if (path === null) return call;
  const parts = path.kind === 'join' ? path.parts : [path];
  const text = parts
    .map((part) => {
      const argument = part.kind === 'name' ? given.get(part.name) : undefined;
      return argument === undefined ? constantOf(part, inner, resolver) : constantOf(argument, at, resolver);
    })
    .join('');
  const filled: Expression = isOptions
    ? {
        ...first,
        entries: first.entries.map((entry) =>
          entry.key === 'path' ? { ...entry, value: stringOf(text) } : entry,
        ),
      }
    : stringOf(text);
  return { ...call, args: [{ name: null, value: filled }] };
}
