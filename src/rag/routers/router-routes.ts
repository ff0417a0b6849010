import type { HttpMethod } from '../../types.ts';
import type { CodeRange, Route } from '../../types-code.ts';
import { listClassViews } from '../class-views.ts';
import { keyword } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler, type Handler } from '../handlers.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, type RouteFinder } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { listDecorated } from './decorated-routes.ts';
import { type Declared, listDeclared } from './router-declarations.ts';
import type { RouterCall, RouterDialect } from './router-dialect.ts';
import { RouterGraph } from './router-graph.ts';
import type { RouterNode } from './router-node.ts';
import { listGiven } from './wrapped-routes.ts';

const MAX_PREFIXES = 16;
const MAX_WAYS = 2_000;
const MAX_TRAIL = 20;

/** Prefix and tags that a router gives to its routes. */
interface Reach {
  readonly prefix: string;
  readonly tags: readonly string[];
  readonly root: RouterNode;
}

/** A way that has come to `node`, with what lies below it. */
interface Way {
  readonly node: RouterNode;
  readonly below: string;
  readonly tags: readonly string[];
  readonly trail: readonly RouterNode[];
}

/** Builds the finder of a framework whose applications are made of router objects. */
export function defineRouterFramework(dialect: RouterDialect): RouteFinder {
  return defineRouteFinder({
    framework: dialect.framework,
    find: (resolver) => new RouterRoutes(resolver, dialect).find(),
  });
}

class RouterRoutes {
  readonly #resolver: Resolver;
  readonly #dialect: RouterDialect;
  readonly #graph: RouterGraph;
  readonly #reaches = new Map<RouterNode, readonly Reach[]>();

  constructor(resolver: Resolver, dialect: RouterDialect) {
    this.#resolver = resolver;
    this.#dialect = dialect;
    this.#graph = new RouterGraph(resolver, dialect);
  }

  find(): readonly Route[] {
    const declared: Declared[] = [];
    const { program } = this.#resolver;
    const { family, module, speaks = () => true } = this.#dialect;
    if (module !== undefined && !program.usesModule(module, family)) return [];
    for (const { place, call, name } of program.memberCalls(family)) {
      if (!speaks(name)) continue;
      if (family === 'go' && this.#graph.wrappers.isDelegation(name, place)) continue;
      const spoken = this.#graph.callOf(call, name, place);
      const given = listGiven(call, name, place, spoken, this.#graph, this.#dialect, this.#resolver);
      declared.push(...given);
      if (spoken === null || given.length > 0) continue;
      this.#graph.hang(spoken.said, spoken.on, place, call);
      declared.push(...listDeclared(spoken, call, place, this.#dialect, this.#resolver));
    }
    if (this.#dialect.decorates === true) {
      for (const [file] of program.filesOf(family))
        declared.push(...listDecorated(file, this.#graph, this.#resolver));
      const order = new Map([...program.files.keys()].map((file, index) => [file, index]));
      declared.sort((a, b) => (order.get(a.place.file) ?? 0) - (order.get(b.place.file) ?? 0));
    }
    return declared.flatMap((entry) => this.#routesOf(entry));
  }

  #routesOf({ said, on, place, call, handledAt, decorated }: Declared): Route[] {
    const handler = this.#handlerOf(said, handledAt, call, decorated);
    // A path that is computed is no path to answer for.
    const paths = said.path === null ? [''] : this.#texts(said.path, place);
    if (handler === null || paths.length === 0) return [];
    const declaredAt: CodeRange = { file: place.file, startLine: call.line, endLine: call.endLine };
    const reaches = on.flatMap((node) => this.#reachesOf(node)).slice(0, MAX_PREFIXES);
    const ways = reaches.flatMap((reach) => paths.map((own) => ({ reach, own })));
    return ways.flatMap(({ reach, own }) => {
      const path = toTemplate(joinPaths(reach.prefix, own), this.#dialect.syntax);
      const tags = [...reach.tags, ...this.#texts(said.tags ?? null, place)];
      return answersOf(said, handler, this.#resolver).map(({ method, range, name }): Route => {
        const operationId =
          constantOf(said.operationId ?? null, place, this.#resolver) ??
          this.#frameworkId(method, path, name, tags, reach.root);
        return {
          framework: this.#dialect.framework,
          method,
          path,
          operationId,
          handler: range,
          handlerName: name,
          declaredAt,
        };
      });
    });
  }

  #handlerOf(
    said: RouterCall & { readonly does: 'route' },
    place: Place,
    call: CallExpression,
    decorated: number | null,
  ): Handler | null {
    if (decorated !== null) {
      const entity = { kind: 'symbol', file: place.file, index: decorated } as const;
      const { name, kind, startLine, endLine } = this.#resolver.program.symbol(entity);
      const range = { file: place.file, startLine, endLine };
      return kind === 'class' ? { name, range, type: entity } : { name, range };
    }
    return findHandler(said.handlers, call, place, this.#resolver);
  }

  /** Every way from a root of the application to this router, the shortest first. */
  #reachesOf(start: RouterNode): readonly Reach[] {
    const known = this.#reaches.get(start);
    if (known !== undefined) return known;
    const found = new Map<string, Reach>();
    const seen = new Set<string>();
    let circle: Reach | null = null;
    let front: readonly Way[] = [{ node: start, below: '', tags: [], trail: [] }];
    // Routers that a variable holds one after the other hang below each other in very many ways.
    while (front.length > 0 && found.size < MAX_PREFIXES && seen.size < MAX_WAYS) {
      front = front.flatMap((way) => {
        const key = `${way.node.key} ${way.below}`;
        if (seen.has(key) || way.trail.length > MAX_TRAIL) return [];
        seen.add(key);
        const isOfRouter = way.node.made !== null && way.node.mounts.length > 0;
        if (isOfRouter && way.trail.length > 0)
          circle ??= { prefix: way.below, tags: way.tags, root: way.node };
        return this.#climb(way, found);
      });
    }
    // A variable that is hung below itself leaves no root: the way round is taken once.
    const reaches = found.size > 0 || circle === null ? [...found.values()] : [circle];
    this.#reaches.set(start, reaches);
    return reaches;
  }

  /** One step towards the roots; a way that ends at one is added to `found`. */
  #climb({ node, below, tags, trail }: Way, found: Map<string, Reach>): Way[] {
    const at = node.made ?? { file: '', scope: 0 };
    const set = node.later === null ? null : constantOf(node.later.expression, node.later, this.#resolver);
    const own = set ?? (node.made === null ? '' : (constantOf(node.prefix, at, this.#resolver) ?? ''));
    const ownTags = node.made === null ? [] : this.#texts(node.tags, at);
    const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('/');
    if (node.mounts.length === 0) {
      const prefix = join(own, below);
      if (node.certain && !found.has(prefix))
        found.set(prefix, { prefix, tags: [...ownTags, ...tags], root: node });
      return [];
    }
    return node.mounts.flatMap((mount): Way[] => {
      if (mount.parent === node || trail.includes(mount.parent)) return [];
      // `app.use(['/v1', '/v2'], router)` mounts at each.
      const listed = this.#texts(mount.prefix.expression, mount.prefix);
      const mountTags = this.#texts(mount.tags, mount.prefix);
      const inner = mount.replacesPrefix && mount.prefix.expression !== null ? '' : own;
      return (listed.length === 0 ? [''] : listed).map((above) => ({
        node: mount.parent,
        below: join(above, inner, below),
        tags: [...mountTags, ...ownTags, ...tags],
        trail: [...trail, node],
      }));
    });
  }

  #texts(list: Expression | null, place: Place): string[] {
    if (list === null) return [];
    const items = list.kind === 'list' ? list.items : [list];
    return items.flatMap((item) => constantOf(item, place, this.#resolver) ?? []);
  }

  #frameworkId(
    method: HttpMethod | 'ANY',
    path: string,
    handlerName: string | null,
    tags: readonly string[],
    root: RouterNode,
  ): string | null {
    if (this.#dialect.operationId === undefined) return null;
    const customId = root.made === null ? null : this.#customId(root.made);
    return this.#dialect.operationId({ method, path, handlerName, tags, customId });
  }

  /** What the application's own function for ids returns. */
  #customId(made: Place & { readonly call: CallExpression }): Expression | null {
    const given = keyword(made.call, 'generate_unique_id_function');
    if (given === null) return null;
    for (const entity of this.#resolver.evaluate(given, made)) {
      const returns = entity.kind === 'symbol' ? this.#resolver.program.symbol(entity).scope : null;
      const scope =
        entity.kind === 'value' && entity.value.kind === 'function' ? entity.value.scope : returns;
      const file = entity.kind === 'symbol' || entity.kind === 'value' ? entity.file : made.file;
      const value = this.#resolver.program.facts(file).scopes[scope ?? -1]?.returns[0];
      if (value !== undefined) return value;
    }
    return null;
  }
}

/** A class answers by its methods; of those that the route names, where it names some. */
function answersOf(said: RouterCall & { readonly does: 'route' }, handler: Handler, resolver: Resolver) {
  const views = handler.type === undefined ? [] : listClassViews(handler.type, resolver);
  const named = views.filter(({ method }) => said.methods.includes(method) || said.methods.includes('ANY'));
  if (views.length > 0) return named.length > 0 ? named : views;
  const methods = said.methods.length > 0 ? said.methods : (['GET'] as const);
  return methods.map((method) => ({ method, range: handler.range, name: handler.name }));
}
