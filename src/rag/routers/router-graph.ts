import { lastName, stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { listArguments } from '../names/arguments.ts';
import { type Entity, keyOf, type Param, type Place } from '../names/entity.ts';
import { evaluateGiven } from '../names/given-values.ts';
import type { Resolver } from '../names/resolver.ts';
import { findByPath } from '../python-paths.ts';
import { listEmbedded } from './embedded-routers.ts';
import type { Spoken } from './router-declarations.ts';
import type { RouterCall, RouterDialect } from './router-dialect.ts';
import type { Mount, RouterNode } from './router-node.ts';
import { firstParamOf, isOwnInterface, isRouterType, makesRouter } from './router-types.ts';
import { RouterWrappers } from './router-wrappers.ts';
import { listTableRounds, type TableRound } from './table-rounds.ts';

/** Finds the routers that expressions stand for, and what hangs where. */
export class RouterGraph {
  readonly #resolver: Resolver;
  readonly #dialect: RouterDialect;
  readonly wrappers: RouterWrappers;
  readonly #nodes = new Map<string, RouterNode>();
  readonly #found = new Map<string, readonly RouterNode[]>();

  constructor(resolver: Resolver, dialect: RouterDialect) {
    this.#resolver = resolver;
    this.#dialect = dialect;
    this.wrappers = new RouterWrappers(resolver, dialect.types);
  }

  /** Routers that `expression` stands for at `place`. */
  routersAt(expression: Expression, place: Place): readonly RouterNode[] {
    const found = this.#resolver.evaluate(expression, place);
    // `({ app }) => app.get(…)`: what callers give.
    const isOpen = found.length === 0 && expression.kind === 'name' && this.#dialect.family === 'javascript';
    const meant = isOpen ? evaluateGiven(expression, place, this.#resolver) : found;
    return meant.flatMap((entity) => [...this.routersOf(entity)]);
  }

  routersOf(entity: Entity): readonly RouterNode[] {
    const key = keyOf(entity);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    this.#found.set(key, []);
    const found = this.#find(entity, key);
    this.#found.set(key, found);
    return found;
  }

  /** What a call on a router says; `null` when it is made on none. */
  callOn(call: CallExpression, place: Place): Spoken | null {
    return call.callee.kind === 'member' ? this.callOf(call, call.callee.name, place) : null;
  }

  /** The same for a call of the method `name`. */
  callOf(call: CallExpression, name: string, place: Place): Spoken | null {
    const said = call.callee.kind === 'member' ? this.#dialect.read(call, name) : null;
    if (said === null || call.callee.kind !== 'member') return null;
    const { of } = call.callee;
    if (this.#dialect.family === 'go' && !this.wrappers.speaksThrough(of, name, place)) return null;
    const isItself = of.kind === 'member' && this.#dialect.itself?.test(of.name) === true;
    const on = this.routersAt(isItself ? of.of : of, place);
    return on.length === 0 ? null : { said, on };
  }

  /** Hangs what `said` mounts below the routers that it was said to. */
  hang(said: RouterCall, on: readonly RouterNode[], place: Place, call: CallExpression): void {
    if (said.does === 'prefix') {
      for (const node of on) node.later = { ...place, expression: said.prefix };
    }
    if (said.does === 'mount') this.#mount(said, on, place, call);
    if (said.does === 'derive' && said.fill !== null) {
      const derived = this.routersOf({ kind: 'value', ...place, value: call });
      for (const entity of this.#resolver.evaluate(said.fill, place)) {
        const param = firstParamOf(entity, this.#resolver);
        if (param !== null)
          this.#link(this.routersOf(param), derived, { ...place, expression: null }, null, false);
      }
    }
  }

  #mount(
    said: RouterCall & { does: 'mount' },
    on: readonly RouterNode[],
    place: Place,
    call: CallExpression,
  ): void {
    for (const { child, prefix } of this.#dialect.findMounts?.(call, place, this.#resolver) ?? [])
      this.#hangEntity(child, { ...said, prefix }, on, place);
    const { prefix, children } = said;
    const written = prefix === null ? children : [prefix, ...children];
    const rounds = listTableRounds(written, call, place, this.#resolver);
    if (rounds !== null) {
      for (const round of rounds) this.#mountRound(round, said, on, place);
      return;
    }
    for (const child of children) {
      const named = child.kind === 'string' ? findByPath(child.value, place, this.#resolver) : null;
      for (const entity of named ?? this.#resolver.evaluate(child, place)) {
        this.#hangEntity(entity, said, on, place);
      }
    }
  }

  #mountRound(
    round: TableRound,
    said: RouterCall & { does: 'mount' },
    on: readonly RouterNode[],
    place: Place,
  ): void {
    const text = round.textOf(said.prefix);
    // Below a prefix that is not known nothing can be found.
    if (said.prefix !== null && text === null && round.speaksOf(said.prefix)) return;
    const below = { ...said, prefix: text === null ? null : stringOf(text) };
    for (const child of said.children) {
      for (const entity of round.entitiesOf(child)) this.#hangEntity(entity, below, on, place);
    }
  }

  #hangEntity(
    entity: Entity,
    said: RouterCall & { does: 'mount' },
    on: readonly RouterNode[],
    place: Place,
    depth = 0,
  ): void {
    // `fp(plugin)`: what a wrapper of a library is given is what hangs there.
    if (
      entity.kind === 'value' &&
      entity.value.kind === 'call' &&
      this.routersOf(entity).length === 0 &&
      depth < 3
    ) {
      // koa-mount names the prefix itself: `mount('/api', app)`.
      const [first] = entity.value.args;
      const isMount = lastName(entity.value.callee) === 'mount' && first?.value.kind === 'string';
      const [below, at] = isMount ? [{ ...said, prefix: first.value }, entity] : [said, place];
      for (const { value } of entity.value.args) {
        for (const inner of this.#resolver.evaluate(value, entity))
          this.#hangEntity(inner, below, on, at, depth + 1);
      }
      return;
    }
    const param = firstParamOf(entity, this.#resolver);
    const children = param === null ? this.routersOf(entity) : this.routersOf(param);
    const prefix = { ...place, expression: said.prefix };
    this.#link(children, on, prefix, said.tags ?? null, said.replacesPrefix === true);
  }

  #link(
    children: readonly RouterNode[],
    parents: readonly RouterNode[],
    prefix: Mount['prefix'],
    tags: Expression | null,
    replacesPrefix: boolean,
  ): void {
    for (const child of children) {
      for (const parent of parents) {
        const isKnown = child.mounts.some(
          (one) => one.parent === parent && one.prefix.expression === prefix.expression,
        );
        if (parent !== child && !isKnown) child.mounts.push({ parent, prefix, tags, replacesPrefix });
      }
    }
  }

  #find(entity: Entity, key: string): readonly RouterNode[] {
    if (entity.kind === 'param') return this.#ofParam(entity, key);
    if (entity.kind === 'external' && this.#dialect.globals?.test(entity.name) === true) {
      return [
        this.#add({ key, made: null, certain: true, prefix: null, tags: null, mounts: [], later: null }),
      ];
    }
    if (this.#dialect.family === 'go' && entity.kind !== 'external' && entity.kind !== 'module') {
      const embedded = listEmbedded(entity, this.#dialect.types, this.#resolver);
      if (embedded.length > 0) return embedded.flatMap((inner) => [...this.routersOf(inner)]);
      const isRead = (inner: CallExpression, name: string) => this.#dialect.read(inner, name) !== null;
      const behind = this.wrappers.behind(entity, isRead);
      if (behind !== null) return behind.flatMap((inner) => [...this.routersOf(inner)]);
    }
    if (entity.kind !== 'value' || entity.value.kind !== 'call') return [];
    const call = entity.value;
    const isMade = this.#resolver
      .evaluate(call.callee, entity)
      .some((target) => makesRouter(target, this.#dialect.constructors, this.#resolver));
    if (isMade) {
      const own = this.#dialect.made?.(call) ?? { prefix: null, tags: null };
      const { prefix, tags, below = null, holds = [] } = own;
      const made = { ...entity, call };
      const node = this.#add({ key, made, certain: true, prefix, tags, mounts: [], later: null });
      if (below !== null) {
        this.#link([node], this.routersAt(below, entity), { ...entity, expression: null }, null, false);
      }
      for (const held of holds) {
        this.#link(this.routersAt(held, entity), [node], { ...entity, expression: null }, null, false);
      }
      return [node];
    }
    const spoken = this.callOn(call, entity);
    if (spoken === null) {
      return this.#resolver.values.results(entity).flatMap((result) => [...this.routersOf(result)]);
    }
    if (spoken.said.does !== 'derive') return spoken.on;
    const prefix = { ...entity, expression: spoken.said.prefix };
    const certain = spoken.on.some((node) => node.certain);
    const node = this.#add({ key, made: null, certain, prefix: null, tags: null, mounts: [], later: null });
    this.#link([node], spoken.on, prefix, null, false);
    return [node];
  }

  #ofParam(param: Param, key: string): readonly RouterNode[] {
    const { program } = this.#resolver;
    const facts = program.facts(param.file);
    if (familyOf(facts.language) !== this.#dialect.family) return [];
    const scope = facts.scopes[param.scope];
    const type = scope?.params[param.index]?.type ?? null;
    const isTyped = type !== null && isRouterType(type, param, this.#dialect.types, this.#resolver);
    const certain = isTyped || this.wrappers.of(param) !== null;
    // An interface of the workspace may hold a router, as its callers show.
    if (type !== null && !certain && !isOwnInterface(type, param, this.#resolver)) return [];
    const node = this.#add({ key, made: null, certain, prefix: null, tags: null, mounts: [], later: null });
    // Known before its callers are looked at, which may lead back to it.
    this.#found.set(key, [node]);
    for (const { expression, place } of listArguments(param, this.#dialect.family, this.#resolver)) {
      this.#link([node], this.routersAt(expression, place), { ...place, expression: null }, null, false);
    }
    return [node];
  }

  #add(node: RouterNode): RouterNode {
    const known = this.#nodes.get(node.key);
    if (known !== undefined) return known;
    this.#nodes.set(node.key, node);
    return node;
  }
}
