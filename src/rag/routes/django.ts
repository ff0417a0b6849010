import type { Route } from '../../types-code.ts';
import { listClassViews } from '../class-views.ts';
import { listViewSetRoutes } from '../django/viewsets.ts';
import { chainOf, keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler } from '../handlers.ts';
import { constantOf } from '../names/constants.ts';
import { type Entity, keyOf } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Tables and lists within one another. */
const MAX_TRAIL = 24;

type Placed = Entity & { readonly kind: 'value' };

/** Django and Django REST framework: `urlpatterns` with `path`, `re_path`, `include`, and routers of view sets. */
export default defineRouteFinder({
  framework: 'django',
  find(resolver) {
    const tables = resolver.program
      .filesOf('python')
      .flatMap(([file, facts]) => (facts.bindings.some((b) => b.name === 'urlpatterns') ? [file] : []));
    const included = new Set(tables.flatMap((file) => listIncluded(file, resolver)));
    const roots = tables.filter((file) => !included.has(file));
    return roots.flatMap((file) => readTable(file, '', resolver, []));
  },
});

function readTable(file: string, prefix: string, resolver: Resolver, trail: readonly string[]): Route[] {
  if (trail.includes(file)) return [];
  const inner = [...trail, file];
  const bound = resolver.program
    .bindingsOf({ file, scope: 0 }, 'urlpatterns')
    .flatMap(({ value, from }) =>
      value === null ? [] : readList(value, { file, scope: from }, prefix, resolver, inner),
    );
  // `urlpatterns.append(path(…))`, `urlpatterns.extend([…])`
  const added = resolver.program.facts(file).calls.flatMap(({ call, scope }) => {
    const { callee } = call;
    const isAdding = callee.kind === 'member' && /^(append|extend)$/.test(callee.name);
    if (!isAdding || callee.of.kind !== 'name' || callee.of.name !== 'urlpatterns') return [];
    const [given] = positional(call);
    if (given === undefined) return [];
    const list: Expression = callee.name === 'append' ? { kind: 'list', items: [given] } : given;
    return readList(list, { file, scope }, prefix, resolver, inner);
  });
  return [...bound, ...added];
}

function readList(
  list: Expression,
  place: { readonly file: string; readonly scope: number },
  prefix: string,
  resolver: Resolver,
  trail: readonly string[],
): Route[] {
  if (list.kind === 'join')
    return list.parts.flatMap((part) => readList(part, place, prefix, resolver, trail));
  if (list.kind === 'member' && list.name === 'urls')
    return listViewSetRoutes(list.of, place, prefix, resolver);
  // `urlpatterns = [path(…)] + urlpatterns`: all that the name stands for in its own file is read anyway.
  if (list.kind === 'name' && list.name === 'urlpatterns' && trail.at(-1) === place.file) return [];
  const placed: Placed = { kind: 'value', ...place, value: list };
  const isPlain = list.kind === 'list' || list.kind === 'call';
  const entities = isPlain ? [placed] : resolver.evaluate(list, place);
  return entities.flatMap((entity) => {
    if (entity.kind !== 'value') return [];
    const { value } = entity;
    // A list that is made from itself is read once.
    if (!isPlain && trail.includes(keyOf(entity))) return [];
    const deeper = isPlain ? trail : [...trail, keyOf(entity)];
    if (value.kind === 'list') {
      return value.items.flatMap((item) => readItem(item, entity, prefix, resolver, deeper));
    }
    // `i18n_patterns(path(…), …)`, `format_suffix_patterns([…])`
    if (value.kind !== 'call')
      return value.kind === 'join' ? readList(value, entity, prefix, resolver, deeper) : [];
    return positional(value).flatMap((item) => readItem(item, entity, prefix, resolver, deeper));
  });
}

function readItem(
  item: Expression,
  place: Placed,
  prefix: string,
  resolver: Resolver,
  trail: readonly string[],
): Route[] {
  if (item.kind === 'list') return readList(item, place, prefix, resolver, trail);
  if (item.kind === 'spread') return readList(item.of, place, prefix, resolver, trail);
  if (item.kind !== 'call' || trail.length > MAX_TRAIL) return [];
  const name = lastName(item.callee) ?? '';
  if (!/^(path|re_path|url)$/.test(name)) return [];
  const [pattern = null, view] = positional(item);
  const text = constantOf(pattern ?? keyword(item, 'route'), place, resolver);
  const target = view ?? keyword(item, 'view');
  if (text === null || target === null || target === undefined) return [];
  const path = joinPaths(prefix, toTemplate(text, name === 'path' ? 'angles' : 'regex'));
  if (target.kind === 'call' && lastName(target.callee) === 'include') {
    return readInclude(target, place, path, resolver, trail);
  }
  return toRoutes(item, target, place, path, resolver);
}

function readInclude(
  include: CallExpression,
  place: Placed,
  prefix: string,
  resolver: Resolver,
  trail: readonly string[],
): Route[] {
  const [given] = positional(include);
  if (given === undefined) return [];
  if (given.kind === 'string') {
    const file = resolver.program.modules.find(place.file, given.value, 'python');
    return file === null ? [] : readTable(file, prefix, resolver, trail);
  }
  const inner = namedPatterns(given) ?? given;
  if (inner.kind === 'member' && inner.name === 'urls')
    return listViewSetRoutes(inner.of, place, prefix, resolver);
  const modules = resolver.evaluate(inner, place).filter((entity) => entity.kind === 'module');
  if (modules.length > 0) return modules.flatMap(({ file }) => readTable(file, prefix, resolver, trail));
  return readList(inner, place, prefix, resolver, [...trail, keyOf(place)]);
}

/** The patterns of `include((patterns, "name"))`, where the name may be a constant. */
function namedPatterns(given: Expression): Expression | null {
  const [patterns, name, ...more] = given.kind === 'list' ? given.items : [];
  const isPair = patterns !== undefined && name !== undefined && more.length === 0;
  return isPair && /^(string|name|member|index)$/.test(name.kind) ? patterns : null;
}

function toRoutes(
  call: CallExpression,
  target: Expression,
  place: Placed,
  path: string,
  resolver: Resolver,
): Route[] {
  const handler = findHandler([target], call, place, resolver);
  if (handler === null) return [];
  const views = handler.type === undefined ? [] : listClassViews(handler.type, resolver);
  const actions = listMapped(target, place, resolver).flatMap((call) =>
    actionsOf(call, handler.type, resolver),
  );
  const answers =
    actions.length > 0
      ? actions
      : views.length > 0
        ? views
        : methodsOfView(target, place, resolver).map((method) => ({ ...handler, method }));
  return answers.map(({ method, range, name }) => ({
    framework: 'django',
    method,
    path,
    operationId: null,
    handler: range,
    handlerName: name,
    declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
  }));
}

/** The call of `as_view`, here or where the name of the view leads to. */
function listMapped(target: Expression, place: Placed, resolver: Resolver): readonly CallExpression[] {
  if (target.kind === 'call') return [target];
  return resolver.evaluate(target, place).flatMap((entity) => {
    const isCall = entity.kind === 'value' && entity.value.kind === 'call';
    return isCall && lastName(entity.value.callee) === 'as_view' ? [entity.value] : [];
  });
}

/** `UserViewSet.as_view({"get": "list"})` */
function actionsOf(
  call: CallExpression,
  type: (Entity & { kind: 'symbol' }) | undefined,
  resolver: Resolver,
) {
  const [map] = positional(call);
  if (map?.kind !== 'map' || type === undefined) return [];
  return map.entries.flatMap(({ key, value }) => {
    const method = methodOf(key);
    if (method === null || value.kind !== 'string') return [];
    const [member] = resolver.types.member(type, value.value);
    const symbol = resolver.program.symbol(member?.kind === 'symbol' ? member : type);
    const file = member?.kind === 'symbol' ? member.file : type.file;
    return [
      { method, name: value.value, range: { file, startLine: symbol.startLine, endLine: symbol.endLine } },
    ];
  });
}

/** Methods that the view's decorators allow; without, a function answers all. */
function methodsOfView(target: Expression, place: Placed, resolver: Resolver): readonly Route['method'][] {
  const decorators = resolver
    .evaluate(target, place)
    .flatMap((entity) => (entity.kind === 'symbol' ? resolver.program.symbol(entity).decorators : []));
  const named = decorators.flatMap(methodsOfDecorator);
  return named.length > 0 ? named : ['ANY'];
}

/** `@api_view([…])`, `@require_http_methods([…])`, `@require_GET`. */
function methodsOfDecorator(decorator: Expression): readonly Route['method'][] {
  const name =
    chainOf(decorator.kind === 'call' ? decorator.callee : decorator)
      ?.split('.')
      .at(-1) ?? '';
  const only = /^require_(GET|POST|safe)$/.exec(name)?.[1];
  if (only !== undefined) return [only === 'POST' ? 'POST' : 'GET'];
  if (decorator.kind !== 'call' || !/^(api_view|require_http_methods)$/.test(name)) return [];
  const list = positional(decorator)[0] ?? keyword(decorator, 'http_method_names');
  if (list?.kind !== 'list') return ['GET'];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}

function listIncluded(file: string, resolver: Resolver): string[] {
  return resolver.program.facts(file).calls.flatMap(({ scope, call }) => {
    if (lastName(call.callee) !== 'include') return [];
    const [given] = positional(call);
    if (given?.kind === 'string') return resolver.program.modules.find(file, given.value, 'python') ?? [];
    if (given === undefined) return [];
    return resolver
      .evaluate(given, { file, scope })
      .flatMap((entity) => (entity.kind === 'module' ? entity.file : []));
  });
}
