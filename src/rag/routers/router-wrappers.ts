import { lastName, textOf } from '../expressions.ts';
import type { CallExpression, Expression, MapExpression } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import { folderOf } from '../names/program.ts';
import type { Resolver } from '../names/resolver.ts';
import { isRouterType } from './router-types.ts';

/** A struct of Go that has a router in a field. */
export interface RouterWrapper {
  readonly type: Entity & { readonly kind: 'instance' };
  readonly field: string;
}

/**
 * Structs of Go that stand for the router in one of their fields: their methods have its names, hand on to it, and give
 * or take the struct itself, as in `func (r *router) Route(path string, fill func(*router))`.
 */
export class RouterWrappers {
  readonly #resolver: Resolver;
  readonly #types: RegExp;
  readonly #known = new Map<string, RouterWrapper | null>();

  constructor(resolver: Resolver, types: RegExp) {
    this.#resolver = resolver;
    this.#types = types;
  }

  /** The wrapper that an entity is an object of; `null`: none. */
  of(entity: Entity): RouterWrapper | null {
    if (entity.kind === 'external' || entity.kind === 'module') return null;
    if (this.#resolver.program.facts(entity.file).language !== 'go') return null;
    for (const type of this.#resolver.types.of(entity)) {
      const key = `${type.file}:${type.index}`;
      let found = this.#known.get(key);
      if (found === undefined) {
        found = this.#find(type);
        this.#known.set(key, found);
      }
      if (found !== null) return found;
    }
    return null;
  }

  /** Whether the wrapper's method `name` calls the router's method of that name. */
  #delegates({ type, field }: RouterWrapper, name: string): boolean {
    const { program } = this.#resolver;
    return program.membersOf(type, name).some((member) => {
      if (member.kind !== 'symbol') return false;
      const facts = program.facts(member.file);
      const { startLine, endLine } = program.symbol(member);
      return facts.calls.some(
        ({ call: { callee, line } }) =>
          callee.kind === 'member' &&
          callee.name === name &&
          lastName(callee.of) === field &&
          line >= startLine &&
          line <= endLine,
      );
    });
  }

  /** Whether a call of `name` is how a wrapper's own method of that name hands on. */
  isDelegation(name: string, place: Place): boolean {
    const { scopes, symbols } = this.#resolver.program.facts(place.file);
    for (let scope = place.scope; scope > 0; scope = scopes[scope]?.parent ?? -1) {
      const symbol = symbols[scopes[scope]?.symbol ?? -1];
      if (symbol === undefined || symbol.name !== name || symbol.parent === '') continue;
      const types = this.#resolver.types.classesNamed(symbol.parent, place.file);
      return types.some((type) => this.of(type) !== null);
    }
    return false;
  }

  /** Whether a call of `name` on what `of` stands for is a call on its router: no wrapper, or one that hands it on. */
  speaksThrough(of: Expression, name: string, place: Place): boolean {
    return this.#resolver.evaluate(of, place).every((entity) => {
      const wrapper = this.of(entity);
      return wrapper === null || this.#delegates(wrapper, name);
    });
  }

  /** What stands in the router's field of a wrapper; `null`: the entity is none, or a call that says more. */
  behind(entity: Entity, isRead: (call: CallExpression, name: string) => boolean): readonly Entity[] | null {
    const wrapper = this.of(entity);
    if (wrapper === null) return null;
    if (entity.kind === 'instance') return this.#resolver.member(entity, wrapper.field);
    if (entity.kind !== 'value') return null;
    const { value } = entity;
    if (value.kind === 'map') {
      const given = this.#given(wrapper, value);
      return given === null ? [] : this.#resolver.evaluate(given, entity);
    }
    if (value.kind !== 'call' || value.callee.kind !== 'member' || isRead(value, value.callee.name))
      return null;
    // `r.WithTracing(x)`: a method of the wrapper's own that gives one again.
    const on = this.#resolver.evaluate(value.callee.of, entity);
    return on.some((one) => this.of(one) !== null) ? on : null;
  }

  /** What a struct literal gives for the router's field. */
  #given({ type, field }: RouterWrapper, literal: MapExpression): Expression | null {
    const { scope } = this.#resolver.program.symbol(type);
    const names = this.#resolver.program
      .facts(type.file)
      .bindings.flatMap((binding) => (binding.scope === scope ? [binding.name] : []));
    const keys = [field, `${names.indexOf(field)}`];
    return literal.entries.find(({ key }) => keys.includes(key))?.value ?? null;
  }

  #find(type: Entity & { readonly kind: 'instance' }): RouterWrapper | null {
    const { program } = this.#resolver;
    const { scope, name, kind } = program.symbol(type);
    if (kind !== 'class') return null;
    const place = { file: type.file, scope: 0 };
    const field = program
      .facts(type.file)
      .bindings.find(
        (one) =>
          one.scope === scope &&
          one.type !== null &&
          isRouterType(one.type, place, this.#types, this.#resolver),
      )?.name;
    if (field === undefined) return null;
    const own = new RegExp(`\\b${name}\\b`);
    const speaksOfItself = program.filesIn(folderOf(type.file)).some((file) => {
      const { symbols, scopes } = program.facts(file);
      return symbols.some((symbol) => {
        const fact = symbol.parent === name ? scopes[symbol.scope ?? -1] : undefined;
        const types = [...(fact?.params.map((param) => param.type) ?? []), fact?.returnType ?? null];
        return types.some((one) => one !== null && own.test(textOf(one)));
      });
    });
    return speaksOfItself ? { type, field } : null;
  }
}
