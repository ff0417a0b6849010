import type { Route } from '../../types-code.ts';
import { blockOf, listBranchCalls, listStatements, textAt, textsAt } from '../block-language.ts';
import { documentedId } from '../documented-ids.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts } from '../facts.ts';
import type { Handler } from '../handlers.ts';
import { findAction } from '../laravel/actions.ts';
import { enterGroup, type LaravelGroup, UNGROUPED } from '../laravel/group.ts';
import { type ChainLink, chainOfCalls } from '../names/call-chain.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf, type RouteFinder } from '../route-finder.ts';
import { joinPaths } from '../route-paths.ts';
import { placeByName } from './php-controllers.ts';
import { listTableRounds } from './table-rounds.ts';

const MAX_DEPTH = 12;

/** One framework of PHP whose routes are said to a variable: `$app->get('/x', Handler::class)`. */
export interface PhpDialect {
  readonly framework: string;
  /** Namespaces of the library, as an application imports them. */
  readonly library: RegExp;
  /** Variables that hold the router. */
  readonly routers: RegExp;
  /** PHP does not tell capitals apart. */
  readonly verbs: RegExp;
  /** Verbs that take the methods before the path. */
  readonly methodsFirst: RegExp;
  readonly groups: RegExp;
  /** Where controllers lie that are given by name. */
  readonly namespace?: string;
  /** Templates of a path, without and with what is optional in it. */
  readonly templatesOf: (path: string) => readonly string[];
  /** Calls that declare several routes at once. */
  readonly resources?: {
    readonly names: RegExp;
    readonly list: (
      call: CallExpression,
      group: LaravelGroup,
      place: Place,
      resolver: Resolver,
    ) => readonly Route[];
  };
  /** What a name says besides the controller and its method. */
  readonly cutTarget?: (target: string) => string;
}

/** Builds the finder of such a framework. */
export function definePhpRouters(dialect: PhpDialect): RouteFinder {
  return defineRouteFinder({
    framework: dialect.framework,
    find: (resolver) => {
      const isUsed = resolver.program
        .filesOf('php')
        .some(([, { imports }]) => imports.some(({ module }) => dialect.library.test(module)));
      return isUsed ? new PhpRouters(dialect, resolver).find() : [];
    },
  });
}

class PhpRouters {
  readonly #dialect: PhpDialect;
  readonly #resolver: Resolver;

  constructor(dialect: PhpDialect, resolver: Resolver) {
    this.#dialect = dialect;
    this.#resolver = resolver;
  }

  find(): readonly Route[] {
    const group = { ...UNGROUPED, prefix: this.#basePath(), namespace: this.#dialect.namespace ?? '' };
    return this.#resolver.program.filesOf('php').flatMap(([file, facts]) => {
      const groups = this.#groupScopes(facts);
      const scopes = new Set(facts.calls.flatMap(({ scope, call }) => (this.#isOnRouter(call) ? scope : [])));
      return [...scopes]
        .filter((scope) => !isInside(scope, groups, facts))
        .flatMap((scope) => this.#read({ file, scope }, group, 0));
    });
  }

  #read(place: Place, group: LaravelGroup, depth: number): readonly Route[] {
    if (depth > MAX_DEPTH) return [];
    const statements = listStatements(this.#resolver.program.facts(place.file), place.scope);
    return statements
      .flatMap((value) => [...listBranchCalls(value)])
      .flatMap((call) => {
        const first = chainOfCalls(call)?.links[0];
        if (first === undefined || !this.#isOnRouter(first.call)) return [];
        if (this.#dialect.groups.test(first.name)) return this.#group(first, place, group, depth);
        const { resources } = this.#dialect;
        return resources?.names.test(first.name) === true
          ? resources.list(first.call, group, place, this.#resolver)
          : this.#route(first, place, group);
      });
  }

  #group({ name, call }: ChainLink, place: Place, group: LaravelGroup, depth: number): readonly Route[] {
    const [path, options] = positional(call);
    const text = textAt(path, place, new Map(), this.#resolver);
    const block = blockOf(call);
    if (block === null || text === null) return [];
    const given =
      options?.kind === 'map' ? [{ name, call: { ...call, args: [{ name: null, value: options }] } }] : [];
    // A namespace stands in place of the one around it.
    const own = enterGroup(given, { ...group, namespace: '' }, place, this.#resolver);
    const inside = own.namespace === '' ? group : own;
    // An empty pattern below `/orders` is `/orders`, and one that begins with `[` goes on without a slash.
    return this.#read(
      { file: place.file, scope: block },
      { ...inside, prefix: group.prefix + text },
      depth + 1,
    );
  }

  #route({ name, call }: ChainLink, place: Place, group: LaravelGroup): readonly Route[] {
    const given = positional(call);
    const isFirst = this.#dialect.methodsFirst.test(name);
    const [path, action] = isFirst ? given.slice(1) : given;
    const verbs = isFirst ? textsAt(given[0], place, new Map(), this.#resolver) : [name];
    const methods = verbs.flatMap((verb) => (verb === 'add' ? 'ANY' : (methodOf(verb) ?? [])));
    const written = [path, action].flatMap((one) => one ?? []);
    // `foreach ($endpoints as [$path, $class])` around it declares one route for each row.
    const rounds = listTableRounds(written, call, place, this.#resolver) ?? [null];
    return rounds.flatMap((round) => {
      const [own, target] = round === null ? written : written.map((one) => round.substituted(one));
      const text = textAt(own, place, new Map(), this.#resolver);
      const handler = this.#handlerOf(target, call, group, place);
      return text === null || handler === null
        ? []
        : this.#routesOf(joined(group.prefix, text), methods, handler, call, place);
    });
  }

  /** `Handler::class . ':show'` and `'Handler:show'` are written with one colon, or with `@`. */
  #handlerOf(
    target: Expression | undefined,
    call: CallExpression,
    group: LaravelGroup,
    place: Place,
  ): Handler | null {
    if (target === undefined) return null;
    // `[Middleware::class, Handler::class]`: the last one answers.
    const last = target.kind === 'list' ? target.items.at(-1) : undefined;
    if (last?.kind === 'name' && target.kind === 'list' && target.items.length > 1)
      return this.#handlerOf(last, call, group, place);
    const { cutTarget } = this.#dialect;
    const isText = target.kind === 'string' || (target.kind === 'join' && target.parts[0]?.kind === 'string');
    // `'Admin\\News@edit'` is written with two backslashes or one.
    const written = isText
      ? (textAt(target, place, new Map(), this.#resolver)?.replace(/\\+/g, '\\') ?? null)
      : null;
    const text = written === null ? null : (cutTarget?.(written) ?? written);
    const action: Expression = text === null ? target : { kind: 'string', value: text };
    const found = findAction(action, call, group, place, this.#resolver);
    if (found !== null || text === null) return found;
    const near = placeByName(text, group, place.file, this.#resolver);
    return near === null ? null : findAction(action, call, near, place, this.#resolver);
  }

  #routesOf(
    path: string,
    methods: readonly Route['method'][],
    handler: Handler,
    call: CallExpression,
    place: Place,
  ): readonly Route[] {
    return methods.flatMap((method) =>
      this.#dialect.templatesOf(path).map((template) => ({
        framework: this.#dialect.framework,
        method,
        path: joinPaths(template),
        operationId: documentedId(handler.range, this.#resolver.program),
        handler: handler.range,
        handlerName: handler.name,
        declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
      })),
    );
  }

  #isOnRouter({ callee }: CallExpression): boolean {
    if (callee.kind !== 'member' || callee.of.kind !== 'name') return false;
    const { routers, verbs, groups, resources } = this.#dialect;
    if (!routers.test(callee.of.name)) return false;
    return [verbs, groups, resources?.names].some((names) => names?.test(callee.name) === true);
  }

  /** Closures of groups, which are read where the group is. */
  #groupScopes(facts: FileFacts): ReadonlySet<number> {
    return new Set(
      facts.calls.flatMap(({ call }) => {
        const { callee } = call;
        const isGroup = callee.kind === 'member' && this.#dialect.groups.test(callee.name);
        return isGroup && this.#isOnRouter(call) ? (blockOf(call) ?? []) : [];
      }),
    );
  }

  #basePath(): string {
    for (const { file, placed } of this.#resolver.program.callsNamed('setBasePath', 'php')) {
      const place = { file, scope: placed.scope };
      const text = textAt(positional(placed.call)[0], place, new Map(), this.#resolver);
      if (text !== null) return text;
    }
    return '';
  }
}

/** Some libraries want the slash between a group and a route, others add it. */
function joined(prefix: string, path: string): string {
  const isOpen = prefix !== '' && path !== '' && !/\/$/.test(prefix) && !/^[/[]/.test(path);
  return isOpen ? `${prefix}/${path}` : prefix + path;
}

function isInside(scope: number, groups: ReadonlySet<number>, { scopes }: FileFacts): boolean {
  for (let at = scope; at > 0; at = scopes[at]?.parent ?? -1) if (groups.has(at)) return true;
  return false;
}

/** `/users[/{id}]` without and with what is optional. */
export function variantsOf(path: string): readonly string[] {
  const optional = /\[([^[\]{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^[\]{}]*)*)\]$/.exec(path);
  if (optional === null) return [path];
  const before = path.slice(0, optional.index);
  return [before, before + (optional[1] ?? '')];
}
