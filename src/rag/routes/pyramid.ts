import type { Route } from '../../types-code.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { findDotted } from '../python-paths.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const MAX_INCLUDES = 6;

type Symbol = Entity & { readonly kind: 'symbol' };

/** A pattern that `config.add_route` gives a name to. */
interface NamedPattern {
  readonly path: string;
  readonly methods: readonly Route['method'][];
}

/** What says that a view answers a route. */
interface ViewCall {
  readonly call: CallExpression;
  readonly place: Place;
  /** What the class around the view says for all of its views. */
  readonly defaults: CallExpression | null;
  readonly view: Symbol;
}

/**
 * Pyramid: `config.add_route(name, pattern)`, answered by `@view_config(route_name=…)`, any decorator of the
 * application that takes a `route_name`, and `config.add_view`.
 */
export default defineRouteFinder({
  framework: 'pyramid',
  find(resolver) {
    if (!resolver.program.usesModule('pyramid', 'python')) return [];
    const patterns = listPatterns(resolver);
    if (patterns.size === 0) return [];
    return [...listDecorated(resolver), ...listAdded(resolver)].flatMap((view) =>
      routesOf(view, patterns, resolver),
    );
  },
});

function listPatterns(resolver: Resolver): ReadonlyMap<string, readonly NamedPattern[]> {
  const patterns = new Map<string, NamedPattern[]>();
  for (const { file, placed } of resolver.program.callsNamed('add_route', 'python')) {
    const { call, scope } = placed;
    const place = { file, scope };
    const [first = null, second] = positional(call);
    const name = constantOf(first ?? keyword(call, 'name'), place, resolver);
    const path = constantOf(second ?? keyword(call, 'pattern', 'path'), place, resolver);
    if (name === null || path === null) continue;
    const methods = methodsOf(keyword(call, 'request_method'), place, resolver);
    // `*rest` takes all that follows.
    const template = toTemplate(path, 'colon-or-braces').replace(/\*(\w+)/g, '{$1}');
    const found = { path: joinPaths(prefixAt(place, resolver, 0), template), methods };
    patterns.set(name, [...(patterns.get(name) ?? []), found]);
  }
  return patterns;
}

/** Prefix of `config.include('.api', route_prefix='/v1')`, where what is included holds `place`. */
function prefixAt(place: Place, resolver: Resolver, depth: number): string {
  if (depth > MAX_INCLUDES) return '';
  for (const { file, placed } of resolver.program.callsNamed('include', 'python')) {
    const { call, scope } = placed;
    const at = { file, scope };
    const [target] = positional(call);
    const given = keyword(call, 'route_prefix');
    const isSelf = file === place.file && scope === place.scope;
    if (isSelf || target === undefined || !holds(target, at, place, resolver)) continue;
    return joinPaths(prefixAt(at, resolver, depth + 1), constantOf(given, at, resolver) ?? '');
  }
  return '';
}

function holds(target: Expression, at: Place, place: Place, resolver: Resolver): boolean {
  const entities =
    target.kind === 'string' ? findDotted(target.value, at, resolver) : resolver.evaluate(target, at);
  const { scopes } = resolver.program.facts(place.file);
  return entities.some((entity) => {
    if (entity.kind === 'module') return entity.file === place.file;
    if (entity.kind !== 'symbol' || entity.file !== place.file) return false;
    return scopes[place.scope]?.symbol === entity.index;
  });
}

/** Functions, classes and methods with a decorator that names a route. */
function listDecorated({ program }: Resolver): readonly ViewCall[] {
  return program.filesOf('python').flatMap(([file, { symbols, scopes }]) =>
    symbols.flatMap((symbol, index) => {
      const place = { file, scope: symbol.inScope };
      const around = scopes[symbol.inScope]?.kind === 'class' ? scopes[symbol.inScope]?.symbol : null;
      const owner = around === null || around === undefined ? symbol : symbols[around];
      const defaults = owner?.decorators.find((one) => isNamed(one, 'view_defaults'));
      return symbol.decorators.flatMap((call): ViewCall[] => {
        if (call.kind !== 'call' || isNamed(call, 'view_defaults')) return [];
        const stated = defaults?.kind === 'call' ? defaults : null;
        const isView =
          keyword(call, 'route_name') !== null || (stated !== null && isNamed(call, 'view_config'));
        return isView ? [{ call, place, defaults: stated, view: { kind: 'symbol', file, index } }] : [];
      });
    }),
  );
}

function listAdded(resolver: Resolver): readonly ViewCall[] {
  return resolver.program.callsNamed('add_view', 'python').flatMap(({ file, placed }) => {
    const { call, scope } = placed;
    const place = { file, scope };
    const view = positional(call)[0] ?? keyword(call, 'view');
    if (view === null || view === undefined || keyword(call, 'route_name') === null) return [];
    const entities =
      view.kind === 'string' ? findDotted(view.value, place, resolver) : resolver.evaluate(view, place);
    return entities.flatMap((entity): ViewCall[] =>
      entity.kind === 'symbol' ? [{ call, place, defaults: null, view: entity }] : [],
    );
  });
}

function routesOf(
  { call, place, defaults, view }: ViewCall,
  patterns: ReadonlyMap<string, readonly NamedPattern[]>,
  resolver: Resolver,
): Route[] {
  const said = (name: string) => keyword(call, name) ?? (defaults === null ? null : keyword(defaults, name));
  const name = constantOf(said('route_name'), place, resolver);
  const own = methodsOf(said('request_method'), place, resolver);
  const handler = memberOf(view, constantOf(said('attr'), place, resolver), resolver);
  const { name: handlerName, startLine, endLine } = resolver.program.symbol(handler);
  return (patterns.get(name ?? '') ?? []).flatMap(({ path, methods }) => {
    const narrowed = own.length > 0 ? own : methods;
    return (narrowed.length > 0 ? narrowed : (['ANY'] as const)).map((method) => ({
      framework: 'pyramid',
      method,
      path,
      operationId: null,
      handler: { file: handler.file, startLine, endLine },
      handlerName,
      declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
    }));
  });
}

/** A class answers by the method that `attr` names, else by `__call__`. */
function memberOf(view: Symbol, attr: string | null, resolver: Resolver): Symbol {
  if (resolver.program.symbol(view).kind !== 'class') return view;
  const [member] = resolver.types.member(view, attr ?? '__call__');
  return member?.kind === 'symbol' ? member : view;
}

/** `'GET'` or `('GET', 'HEAD')`; none: any. */
function methodsOf(given: Expression | null, place: Place, resolver: Resolver): readonly Route['method'][] {
  const items = given?.kind === 'list' ? given.items : given === null ? [] : [given];
  return items.flatMap((item) => methodOf(constantOf(item, place, resolver) ?? '') ?? []);
}

function isNamed(decorator: Expression, name: string): boolean {
  return decorator.kind === 'call' && lastName(decorator.callee) === name;
}
