import { entryOf, positional, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import type { TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Hono: `app.get(path, …)`, `app.route(path, app)`, `basePath`, `on`. */
export default defineRouterFramework({
  framework: 'hono',
  family: 'javascript',
  syntax: 'colon',
  constructors: /^(hono(\/(tiny|quick))?\.Hono|@hono\/zod-openapi\.OpenAPIHono|jsr:@hono\/hono\.Hono)$/,
  types: /^(hono\.Hono|@hono\/zod-openapi\.OpenAPIHono)$/,
  module: 'hono',
  speaks: speaksOf('basePath', 'route', 'mount', 'use', 'on', 'openapi'),
  openTable: openCreateRoute,
  read(call, name) {
    const [first, ...rest] = positional(call);
    if (first === undefined) return null;
    if (name === 'basePath') return { does: 'derive', prefix: first, fill: null };
    if (name === 'route' || name === 'mount') return { does: 'mount', prefix: first, children: rest };
    if (name === 'use') return { does: 'chain' };
    if (name === 'openapi') {
      return { does: 'route', methods: [], path: null, handlers: rest.slice(0, 1), table: first };
    }
    if (name === 'on') {
      const [path = null, ...handlers] = rest;
      return { does: 'route', methods: methodsOf(first), path, handlers };
    }
    const method = methodOf(name);
    if (method === null) return null;
    // `app.get(handler)` after a `basePath` names no path.
    if (first.kind === 'function') return { does: 'route', methods: [method], path: null, handlers: [first] };
    return { does: 'route', methods: [method], path: first, handlers: rest.map(openSpread) };
  },
});

/** `...factory.createHandlers(…)` */
function openSpread(handler: Expression): Expression {
  return handler.kind === 'spread' ? handler.of : handler;
}

function methodsOf(list: Expression) {
  const items = list.kind === 'list' ? list.items : [list];
  return items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}

/** `createRoute({ method, path, operationId })` of @hono/zod-openapi, here or where it is imported from. */
function openCreateRoute(table: Expression, place: Place, resolver: Resolver): readonly TableEntry[] {
  return resolver.evaluate(table, place).flatMap((entity): TableEntry[] => {
    if (entity.kind !== 'value') return [];
    const { value } = entity;
    const options = value.kind === 'call' ? (value.args[0]?.value ?? null) : value;
    const text = (key: string) => constantOf(entryOf(options, key), entity, resolver);
    const [path, method] = [text('path'), methodOf(text('method') ?? '')];
    if (path === null || method === null) return [];
    const id = text('operationId');
    const operationId = id === null ? null : stringOf(id);
    return [{ methods: [method], handlers: [], place, path: stringOf(path), operationId }];
  });
}
