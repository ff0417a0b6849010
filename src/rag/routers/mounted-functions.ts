import { lastName, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import type { Resolver } from '../names/resolver.ts';

const MAX_DEPTH = 6;
const APPENDS = /^(append|extend)$/;

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
      const given = resolver.values.results(entity).flatMap((result) => {
        const values = result.kind === 'value' ? [result.value] : [];
        return [...listMounted(values, result.kind === 'value' ? result : place, resolver, depth + 1)];
      });
      return [...given, ...listAppended(entity, resolver, depth)];
    });
  });
}

/** What a function puts into the list that it gives: `routes.append(&mut orders::routes())`. */
function listAppended(
  entity: Entity & { readonly kind: 'value' },
  resolver: Resolver,
  depth: number,
): readonly (Entity & { readonly kind: 'symbol' })[] {
  if (entity.value.kind !== 'call') return [];
  return resolver.evaluate(entity.value.callee, entity).flatMap((target) => {
    const made = scopeOf(target, resolver.program);
    if (made === null) return [];
    const appended = resolver.program
      .facts(made.file)
      .calls.filter(({ scope, call }) => scope === made.scope && APPENDS.test(lastName(call.callee) ?? ''));
    return appended.flatMap(({ call }) => [...listMounted(positional(call), made, resolver, depth + 1)]);
  });
}

/** What a list or a macro of routes holds; `null`: it is neither. */
function openedBy(expression: Expression): readonly Expression[] | null {
  if (expression.kind === 'list') return expression.items;
  if (expression.kind !== 'call' || !/routes!$/.test(lastName(expression.callee) ?? '')) return null;
  return expression.args.map((argument) => argument.value);
}
