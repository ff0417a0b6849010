import { lastName } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

const MAX_DEPTH = 4;

/** Functions among what is mounted: named, in lists, in macros such as `routes![a, b]`, or given by a function. */
export function listMounted(
  children: readonly Expression[],
  place: Place,
  resolver: Resolver,
  depth = 0,
): readonly (Entity & { readonly kind: 'symbol' })[] {
  if (depth > MAX_DEPTH) return [];
  return children.flatMap((child) => {
    const opened = openedBy(child);
    if (opened !== null) return [...listMounted(opened, place, resolver, depth + 1)];
    return resolver.evaluate(child, place).flatMap((entity) => {
      if (entity.kind === 'symbol') return [entity];
      if (entity.kind !== 'value') return [];
      const inner = openedBy(entity.value);
      if (inner !== null) return [...listMounted(inner, entity, resolver, depth + 1)];
      return resolver.values.results(entity).flatMap((result) => {
        const values = result.kind === 'value' ? [result.value] : [];
        return [...listMounted(values, result.kind === 'value' ? result : place, resolver, depth + 1)];
      });
    });
  });
}

/** What a list or a macro of routes holds; `null`: it is neither. */
function openedBy(expression: Expression): readonly Expression[] | null {
  if (expression.kind === 'list') return expression.items;
  if (expression.kind !== 'call' || !/routes!$/.test(lastName(expression.callee) ?? '')) return null;
  return expression.args.map((argument) => argument.value);
}
