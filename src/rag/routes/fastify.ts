import { entryOf, keyword, positional, stringOf } from '../expressions.ts';
import type { Argument, CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import { listAutoloaded } from '../routers/fastify-autoload.ts';
import { readRouteObject } from '../routers/route-objects.ts';
import type { RouterCall, TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Fastify: shorthand methods, `route({ method, url, handler })`, `register(plugin, { prefix })`. */
export default defineRouterFramework({
  framework: 'fastify',
  family: 'javascript',
  syntax: 'colon',
  constructors: /^fastify(\.(default|fastify|Fastify))?$/,
  types: /^fastify\.(FastifyInstance|FastifyTypebox|FastifyServer)$/,
  module: 'fastify',
  speaks: speaksOf('register', 'route', 'withTypeProvider', 'after'),
  findMounts: listAutoloaded,
  openTable: openRows,
  read(call, name) {
    const [first, ...rest] = positional(call);
    if (name === 'withTypeProvider' || name === 'after') return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'register') {
      return { does: 'mount', prefix: keyword(call, 'prefix'), children: [first] };
    }
    if (name === 'route') return readRouteObject(first) ?? readRow(first);
    const method = methodOf(name);
    if (method === null || rest.length === 0) return null;
    return { does: 'route', methods: [method], path: first, handlers: rest.flatMap(openOptions) };
  },
});

/** `fastify.route(options)`: the options stand elsewhere, or in the rows of a list. */
function readRow(first: Expression): RouterCall | null {
  const isNamed = first.kind === 'name' || first.kind === 'member';
  return isNamed ? { does: 'route', methods: [], path: null, handlers: [], table: first } : null;
}

function openRows(table: Expression, place: Place, resolver: Resolver): readonly TableEntry[] {
  return listRows(table, place, resolver).flatMap((row): TableEntry[] => {
    const said = row.kind === 'value' ? readRouteObject(row.value) : null;
    if (row.kind !== 'value' || said?.does !== 'route' || said.path === null) return [];
    const path = constantOf(said.path, row, resolver);
    const [handler] = said.handlers;
    if (path === null || handler === undefined) return [];
    // A handler that is written in the row is shown as it stands there.
    const scope =
      handler.kind === 'function' ? resolver.program.facts(row.file).scopes[handler.scope] : undefined;
    const call: CallExpression | null =
      scope === undefined
        ? null
        : { kind: 'call', callee: handler, args: [], line: scope.startLine, endLine: scope.endLine, at: -1 };
    const entry = { methods: said.methods, handlers: said.handlers, place: row, path: stringOf(path) };
    return [call === null ? entry : { ...entry, call, exact: true }];
  });
}

/** What a name stands for; for the parameter of `rows.forEach((row) => …)` each row. */
function listRows(table: Expression, place: Place, resolver: Resolver): readonly Entity[] {
  return resolver.evaluate(table, place).flatMap((entity): readonly Entity[] => {
    if (entity.kind !== 'param') return [entity];
    const takes = ({ value }: Argument) => value.kind === 'function' && value.scope === entity.scope;
    const looped = resolver.program.facts(entity.file).calls.find(({ call }) => call.args.some(takes));
    const callee = looped?.call.callee;
    if (looped === undefined || callee?.kind !== 'member' || !/^(forEach|map)$/.test(callee.name)) return [];
    return resolver.values.items(callee.of, { file: entity.file, scope: looped.scope });
  });
}

/** `{ schema, handler }` in place of a handler. */
function openOptions(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'map') return [expression];
  const handler = entryOf(expression, 'handler');
  return handler === null ? [] : [handler];
}
