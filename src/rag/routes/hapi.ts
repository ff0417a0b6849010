import { entryOf, positional, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import type { TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const MAX_DEPTH = 6;

/** hapi: `server.route({ method, path, handler })` and lists of such routes, in plugins too. */
export default defineRouterFramework({
  framework: 'hapi',
  family: 'javascript',
  syntax: 'braces',
  constructors: /^(@hapi\/hapi|hapi)(\.default)?\.(Server|server)$/,
  types: /^(@hapi\/hapi|hapi)\.Server$/,
  module: 'hapi',
  speaks: (name) => name === 'route' || name === 'register',
  openTable: (table, place, resolver) => openRoutes(table, place, resolver, 0),
  read(call, name) {
    const [first] = positional(call);
    if (first === undefined) return null;
    if (name === 'route') return { does: 'route', methods: [], path: null, handlers: [], table: first };
    return { does: 'mount', prefix: entryOf(entryOf(first, 'routes'), 'prefix'), children: pluginsOf(first) };
  },
});

/** The functions that plugins register themselves by: `{ register }`, `{ plugin: { register } }`, lists of them. */
function pluginsOf(given: Expression): readonly Expression[] {
  if (given.kind === 'list') return given.items.flatMap(pluginsOf);
  const plugin = entryOf(given, 'plugin');
  const register = entryOf(plugin ?? given, 'register');
  if (register !== null) return [register];
  return [{ kind: 'member', of: plugin ?? given, name: 'register' }];
}

function openRoutes(
  table: Expression,
  place: Place,
  resolver: Resolver,
  depth: number,
): readonly TableEntry[] {
  if (depth > MAX_DEPTH) return [];
  const entities =
    table.kind === 'map'
      ? [{ kind: 'value', ...place, value: table } as const]
      : resolver.evaluate(table, place);
  return entities.flatMap((entity): readonly TableEntry[] => {
    if (entity.kind !== 'value') return [];
    const { value } = entity;
    if (value.kind === 'map') return toEntry({ ...entity, value }, resolver);
    if (value.kind === 'list' || value.kind === 'join')
      return (value.kind === 'list' ? value.items : value.parts).flatMap((item) =>
        openRoutes(item.kind === 'spread' ? item.of : item, entity, resolver, depth + 1),
      );
    // `[].concat(orders, users)` and `[…].flat()`
    if (value.kind !== 'call' || value.callee.kind !== 'member') return [];
    return /^(concat|flat)$/.test(value.callee.name)
      ? [value.callee.of, ...positional(value)].flatMap((item) =>
          openRoutes(item, entity, resolver, depth + 1),
        )
      : [];
  });
}

function toEntry(row: Entity & { readonly kind: 'value' }, resolver: Resolver): readonly TableEntry[] {
  const { value } = row;
  const options = entryOf(value, 'options', 'config');
  const handler = entryOf(value, 'handler') ?? entryOf(options, 'handler');
  const path = constantOf(entryOf(value, 'path'), row, resolver);
  const method = entryOf(value, 'method');
  const names = method?.kind === 'list' ? method.items : method === null ? [] : [method];
  const methods = names.flatMap((item) => methodOf(constantOf(item, row, resolver) ?? '') ?? []);
  if (handler === null || path === null || methods.length === 0) return [];
  return [{ methods, handlers: [handler], place: row, path: stringOf(path) }];
}
