import { listNinjaPrefixes } from '../django/prefixes.ts';
import { keyword, positional, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { defineRouteFinder, methodOf, speaksOf } from '../route-finder.ts';
import { joinPaths } from '../route-paths.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const routers = defineRouterFramework({
  framework: 'django-ninja',
  family: 'python',
  syntax: 'braces',
  constructors: /^(ninja(\.\w+)*\.(NinjaAPI|Router)|ninja_extra(\.\w+)*\.(NinjaExtraAPI|Router))$/,
  types: /^(ninja(\.\w+)*\.(NinjaAPI|Router)|ninja_extra(\.\w+)*\.(NinjaExtraAPI|Router))$/,
  speaks: speaksOf('add_router', 'api_operation'),
  decorates: true,
  read(call, name) {
    const [first = null, second = null] = positional(call);
    if (name === 'add_router') {
      const child = second ?? keyword(call, 'router');
      return child === null
        ? null
        : { does: 'mount', prefix: first ?? keyword(call, 'prefix'), children: [child] };
    }
    const operationId = keyword(call, 'operation_id');
    if (name === 'api_operation') {
      return {
        does: 'route',
        methods: methodsOf(first),
        path: withoutConverter(second),
        handlers: [],
        operationId,
      };
    }
    const method = methodOf(name);
    const path = withoutConverter(first ?? keyword(call, 'path'));
    return method === null ? null : { does: 'route', methods: [method], path, handlers: [], operationId };
  },
});

/** Django Ninja: `@router.get(path)`, `api.add_router(prefix, router)`, below the `path(prefix, api.urls)` of Django. */
export default defineRouteFinder({
  framework: 'django-ninja',
  find: (resolver) => {
    const routes = routers.find(resolver, []);
    const prefixes = routes.length === 0 ? [] : listNinjaPrefixes(resolver);
    // With several, nothing here tells which of them an API hangs at.
    const [prefix = ''] = prefixes.length === 1 ? prefixes : [];
    return routes.map((route) => ({ ...route, path: joinPaths(prefix, route.path) }));
  },
});

/** Django's converters stand in braces here: `{int:order_id}`. */
function withoutConverter(path: Expression | null): Expression | null {
  return path?.kind === 'string' ? stringOf(path.value.replace(/\{\w+:(\w+)\}/g, '{$1}')) : path;
}

function methodsOf(list: Expression | null) {
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
