import { lastName } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Entity, Place } from './entity.ts';
import { type Lookups, scopeOf } from './lookups.ts';
import type { TypeResolver } from './type-resolver.ts';

/** Values that lead back to themselves end here. */
const MAX_DEPTH = 6;

type Value = Entity & { readonly kind: 'value' };

/** Looks into values: keys of objects, items of lists, results of calls. */
export class ValueReader {
  readonly #lookups: Lookups;
  readonly #types: TypeResolver;
  readonly #results = new WeakMap<CallExpression, readonly Entity[]>();

  constructor(lookups: Lookups, types: TypeResolver) {
    this.#lookups = lookups;
    this.#types = types;
  }

  member(owner: Value, name: string): readonly Entity[] {
    const { value } = owner;
    if (value.kind === 'map' && value.type === null) return this.#entry(owner, value.entries, name);
    if (value.kind === 'call') {
      const given = this.results(owner).flatMap((result) => [...this.#lookups.member(result, name)]);
      if (given.length > 0) return given;
    }
    const typed = this.#types.of(owner).flatMap((type) => [...this.#lookups.member(type, name)]);
    if (typed.length > 0 || value.kind !== 'call') return typed;
    // What a library gives is still of the library: `WebApplication.CreateBuilder().Build`.
    return this.#lookups
      .evaluate(value.callee, owner)
      .flatMap((made) => (made.kind === 'external' ? [{ ...made, name: `${made.name}().${name}` }] : []));
  }

  /** What a call of a function of the workspace gives, from its `return`s. */
  results(owner: Value): readonly Entity[] {
    const { value: call } = owner;
    if (call.kind !== 'call') return [];
    const known = this.#results.get(call);
    if (known !== undefined) return known;
    // A function that returns what it gives itself gives nothing the second time.
    this.#results.set(call, []);
    const found = this.#resultsOf(call, owner);
    this.#results.set(call, found);
    return found;
  }

  #resultsOf(call: CallExpression, place: Place): readonly Entity[] {
    return this.#lookups.evaluate(call.callee, place).flatMap((target) => {
      const scope = scopeOf(target, this.#lookups.program);
      if (scope === null) return [];
      const returns = this.#lookups.program.facts(scope.file).scopes[scope.scope]?.returns ?? [];
      return returns.flatMap((value) => [...this.#lookups.evaluate(value, scope)]);
    });
  }

  /** What a loop over `list` sees. */
  items(list: Expression, place: Place, depth = 0): readonly Entity[] {
    if (depth > MAX_DEPTH) return [];
    const lists =
      list.kind === 'list'
        ? [{ kind: 'value' as const, ...place, value: list }]
        : this.#lookups.evaluate(list, place);
    return lists.flatMap((entity) => {
      if (entity.kind !== 'value') return [];
      const { value } = entity;
      if (value.kind === 'list')
        return value.items.flatMap((item) => [...this.#lookups.evaluate(item, entity)]);
      if (value.kind === 'map') {
        return value.entries.flatMap((entry) => [...this.#lookups.evaluate(entry.value, entity)]);
      }
      const isValues = value.kind === 'call' && lastName(value.callee) === 'values';
      const inner = isValues ? value.args[0]?.value : undefined;
      return inner === undefined ? [] : [...this.items(inner, entity, depth + 1)];
    });
  }

  /** What destructuring takes out of a value. */
  pick(entity: Entity, pick: string | number | null, depth = 0): readonly Entity[] {
    if (typeof pick === 'string') return this.#lookups.member(entity, pick);
    if (entity.kind !== 'value' || pick === null) return [];
    if (entity.value.kind === 'list') {
      const item = entity.value.items[pick];
      return item === undefined ? [] : this.#lookups.evaluate(item, entity);
    }
    const typed = this.#types.picked(entity, pick);
    if (typed.length > 0 || depth > MAX_DEPTH) return typed;
    return this.results(entity).flatMap((result) => [...this.pick(result, pick, depth + 1)]);
  }

  #entry(
    owner: Value,
    entries: readonly { readonly key: string; readonly value: Expression }[],
    name: string,
  ): readonly Entity[] {
    const named = entries.filter((entry) => entry.key === name);
    if (named.length > 0) return named.flatMap((entry) => [...this.#lookups.evaluate(entry.value, owner)]);
    return entries
      .filter((entry) => entry.key === '...')
      .flatMap((entry) =>
        this.#lookups.evaluate(entry.value, owner).flatMap((inner) => [...this.#lookups.member(inner, name)]),
      );
  }
}
