import { keyword, lastName, positional, stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import type { RouterCall, TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** aiohttp.web: `add_get(path, handler)`, `add_routes([web.get(…)])`, route tables, class views, `add_subapp`. */
export default defineRouterFramework({
  framework: 'aiohttp',
  family: 'python',
  syntax: 'braces',
  constructors: /^aiohttp\.web(\.|_\w+\.)(Application|RouteTableDef)$/,
  types: /^aiohttp\.web(\.|_\w+\.)(Application|RouteTableDef|UrlDispatcher)$/,
  module: 'aiohttp',
  itself: /^router$/,
  decorates: true,
  openTable,
  read(call, name) {
    const [first = null, second = null] = positional(call);
    if (name === 'add_subapp') {
      const child = second ?? keyword(call, 'subapp');
      return child === null ? null : { does: 'mount', prefix: first, children: [child] };
    }
    if (name === 'add_routes' && first !== null)
      return { does: 'mount', prefix: null, children: [first], table: first };
    if (name === 'add_resource') return { does: 'derive', prefix: first, fill: null };
    // `resource = router.add_resource(path)`, then `resource.add_route(method, handler)`.
    if (name === 'add_route' && first !== null && second !== null && positional(call).length === 2) {
      const verb = verbOf(first);
      return verb === null ? null : { does: 'route', methods: [verb], path: null, handlers: [second] };
    }
    return readRoute(call, name.replace(/^add_/, ''));
  },
});

/** `get(path, handler)`, `route(method, path, handler)`, `view(path, View)`, plain, as `add_…` or as a decorator. */
function readRoute(call: CallExpression, name: string): (RouterCall & { readonly does: 'route' }) | null {
  const args = positional(call);
  const isAny = name === 'route';
  const [path = null, handler] = isAny ? args.slice(1) : args;
  const handlers = handler === undefined ? [] : [handler];
  if (name === 'view') return { does: 'route', methods: [], path, handlers };
  const verb = isAny ? verbOf(args[0] ?? null) : methodOf(name);
  return verb === null ? null : { does: 'route', methods: [verb], path, handlers };
}

function verbOf(expression: Expression | null) {
  return expression?.kind === 'string' ? methodOf(expression.value) : null;
}

/** `[web.get('/a', a), web.view('/b', B)]`, here or where the name leads to. */
function openTable(table: Expression, place: Place, resolver: Resolver): readonly TableEntry[] {
  return resolver.values.items(table, place).flatMap((entity): TableEntry[] => {
    if (entity.kind !== 'value' || entity.value.kind !== 'call') return [];
    const call = entity.value;
    const said = readRoute(call, lastName(call.callee) ?? '');
    const path = said === null ? null : constantOf(said.path, entity, resolver);
    if (said === null || path === null) return [];
    const { methods, handlers } = said;
    return [{ methods, handlers, place: entity, call, path: stringOf(path) }];
  });
}
