import type { Route } from '../../types-code.ts';
import { listClassViews } from '../class-views.ts';
import { keyword, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler } from '../handlers.ts';
import { constantOf } from '../names/constants.ts';
import { type Entity, keyOf } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

type Placed = Entity & { readonly kind: 'value' };

/** Starlette: `routes=[Route(path, endpoint), Mount(path, routes=[…])]`. */
export default defineRouteFinder({
  framework: 'starlette',
  find(resolver) {
    const found: Route[] = [];
    for (const { file, placed } of resolver.program.callsNamed('Starlette', 'python')) {
      const routes = keyword(placed.call, 'routes');
      const app: Placed = { kind: 'value', file, scope: placed.scope, value: placed.call };
      if (routes !== null && isStarlette(app, placed.call, 'Starlette', resolver)) {
        readList(routes, app, '', resolver, found, []);
      }
    }
    return [...found, ...routers.find(resolver, [])];
  },
});

/** What is said to an application after it was made: `add_route`, `@app.route`, `mount`. */
const routers = defineRouterFramework({
  framework: 'starlette',
  family: 'python',
  syntax: 'braces',
  constructors: /^starlette\.(applications\.Starlette|routing\.Router)$/,
  types: /^starlette\.(applications\.Starlette|routing\.Router)$/,
  module: 'starlette',
  decorates: true,
  read(call, name) {
    const [path = null, second] = positional(call);
    if (name === 'mount') {
      const child = second ?? keyword(call, 'app');
      return child === null || child === undefined
        ? null
        : { does: 'mount', prefix: path, children: [child] };
    }
    if (name !== 'route' && name !== 'add_route') return null;
    const handler = second ?? keyword(call, 'route', 'endpoint');
    const handlers = name === 'route' || handler === null || handler === undefined ? [] : [handler];
    return { does: 'route', methods: methodsOf(keyword(call, 'methods')), path, handlers };
  },
});

function methodsOf(given: Expression | null) {
  const names = given?.kind === 'list' ? given.items : [];
  return names.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}

function readList(
  list: Expression,
  place: Placed,
  prefix: string,
  resolver: Resolver,
  found: Route[],
  trail: readonly string[],
): void {
  for (const entity of resolver.values.items(list, place)) {
    const key = keyOf(entity);
    if (entity.kind !== 'value' || entity.value.kind !== 'call' || trail.includes(key)) continue;
    const call = entity.value;
    const path = constantOf(positional(call)[0] ?? keyword(call, 'path'), entity, resolver);
    if (path === null) continue;
    if (isStarlette(entity, call, 'Mount', resolver)) {
      const inner = innerRoutes(call, entity, resolver);
      if (inner !== null)
        readList(inner.routes, inner.at, joinPaths(prefix, path), resolver, found, [...trail, key]);
    } else if (isStarlette(entity, call, 'Route', resolver)) {
      found.push(...toRoutes(call, entity, joinPaths(prefix, path), resolver));
    }
  }
}

/** `Mount(path, routes=[…])`, or an application or router with routes of its own. */
function innerRoutes(call: CallExpression, place: Placed, resolver: Resolver) {
  const own = keyword(call, 'routes');
  if (own !== null) return { routes: own, at: place };
  const app = positional(call)[1] ?? keyword(call, 'app');
  for (const entity of app === null ? [] : resolver.evaluate(app, place)) {
    if (entity.kind !== 'value' || entity.value.kind !== 'call') continue;
    const [first] = positional(entity.value);
    const routes = keyword(entity.value, 'routes') ?? (first?.kind === 'list' ? first : null);
    if (routes !== null) return { routes, at: entity };
  }
  return null;
}

function toRoutes(call: CallExpression, place: Placed, path: string, resolver: Resolver): Route[] {
  const endpoint = positional(call)[1] ?? keyword(call, 'endpoint');
  const handler = endpoint === null ? null : findHandler([endpoint], call, place, resolver);
  if (handler === null) return [];
  const views = handler.type === undefined ? [] : listClassViews(handler.type, resolver);
  const methods = methodsOf(keyword(call, 'methods'));
  const answers =
    views.length > 0
      ? views
      : (methods.length > 0 ? methods : (['GET'] as const)).map((method) => ({ ...handler, method }));
  return answers.map(({ method, range, name }) => ({
    framework: 'starlette',
    method,
    path: toTemplate(path, 'braces'),
    operationId: null,
    handler: range,
    handlerName: name,
    declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
  }));
}

function isStarlette(place: Placed, call: CallExpression, name: string, resolver: Resolver): boolean {
  return resolver
    .evaluate(call.callee, place)
    .some(
      (entity) => entity.kind === 'external' && new RegExp(`^starlette\\..*\\.${name}$`).test(entity.name),
    );
}
