import type { CallExpression, Expression, FileFacts } from './facts.ts';
import { constantOf } from './names/constants.ts';
import type { Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

/** Names that a block was given, with what they stand for; a loop over texts binds one after the other. */
export type BlockNames = ReadonlyMap<string, string>;

const statements = new WeakMap<FileFacts, ReadonlyMap<number, readonly Expression[]>>();

/** What stands in a scope, in the order of the text; the last of a Ruby block is what it gives. */
export function listStatements(facts: FileFacts, scope: number): readonly Expression[] {
  let known = statements.get(facts);
  if (known === undefined) {
    const byScope = new Map<number, Expression[]>();
    for (const entry of facts.statements) {
      const list = byScope.get(entry.scope);
      if (list === undefined) byScope.set(entry.scope, [entry.value]);
      else list.push(entry.value);
    }
    known = byScope;
    statements.set(facts, known);
  }
  return [...(known.get(scope) ?? []), ...(facts.scopes[scope]?.returns ?? [])];
}

/** Calls that an expression of a statement may make, those of its branches included. */
export function listBranchCalls(expression: Expression): readonly CallExpression[] {
  if (expression.kind === 'call') return [expression];
  const isOpen = expression.kind === 'either' || expression.kind === 'other' || expression.kind === 'list';
  return isOpen ? expression.items.flatMap((item) => [...listBranchCalls(item)]) : [];
}

/** The block or closure that a call is given; `null`: none. */
export function blockOf(call: CallExpression): number | null {
  for (const { value } of [...call.args].reverse()) if (value.kind === 'function') return value.scope;
  return null;
}

/** A text as it is known where a block is read; `null`: it is computed. */
export function textAt(
  expression: Expression | null | undefined,
  place: Place,
  names: BlockNames,
  resolver: Resolver,
): string | null {
  if (expression === null || expression === undefined) return null;
  if (expression.kind === 'name' && names.has(expression.name)) return names.get(expression.name) ?? null;
  if (expression.kind === 'join') {
    const parts = expression.parts.map((part) => textAt(part, place, names, resolver));
    return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '').join('');
  }
  return constantOf(expression, place, resolver);
}

/** Texts of a list, or the one text. */
export function textsAt(
  expression: Expression | null | undefined,
  place: Place,
  names: BlockNames,
  resolver: Resolver,
): readonly string[] {
  if (expression === null || expression === undefined) return [];
  const spread = expression.kind === 'spread' ? expression.of : expression;
  if (spread.kind === 'list')
    return spread.items.flatMap((item) => [...textsAt(item, place, names, resolver)]);
  const one = textAt(spread, place, names, resolver);
  if (one !== null) return [one];
  return resolver
    .evaluate(spread, place)
    .flatMap((entity) =>
      entity.kind === 'value' && entity.value.kind === 'list'
        ? [...textsAt(entity.value, entity, names, resolver)]
        : [],
    );
}

/** What each round of `list.each do |name|` binds; `null`: the call is no loop over known texts. */
export function listRounds(
  call: CallExpression,
  place: Place,
  names: BlockNames,
  resolver: Resolver,
): readonly BlockNames[] | null {
  if (call.callee.kind !== 'member' || !/^each(_with_index)?$/.test(call.callee.name)) return null;
  const block = blockOf(call);
  const [first] = block === null ? [] : (resolver.program.facts(place.file).scopes[block]?.params ?? []);
  if (first === undefined) return null;
  const texts = textsAt(call.callee.of, place, names, resolver);
  return texts.map((text) => new Map([...names, [first.name, text]]));
}
