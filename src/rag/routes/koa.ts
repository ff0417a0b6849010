import { keyword, positional } from '../expressions.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import { readRouteObject } from '../routers/route-objects.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Koa with koa-router: `router.get([name], path, …)`, `router.use(path, other.routes())`, `prefix`. */
export default defineRouterFramework({
  framework: 'koa',
  family: 'javascript',
  syntax: 'colon',
  constructors:
    /^(koa|koa-router|@koa\/router|@types\/koa|koa-swagger-decorator|koa-joi-router)(\.(default|Router|Koa|SwaggerRouter))?$/,
  types: /^(koa|koa-router|@koa\/router)(\.(default|Router|Koa))?$/,
  made: (call) => ({ prefix: keyword(call, 'prefix'), tags: null }),
  module: 'koa',
  speaks: speaksOf('routes', 'middleware', 'allowedMethods', 'prefix', 'use', 'route'),
  read(call, name) {
    const args = positional(call);
    const [first, second] = args;
    if (name === 'routes' || name === 'middleware' || name === 'allowedMethods') return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'prefix') return { does: 'prefix', prefix: first };
    // koa-joi-router: `router.route({ method, path, handler })`.
    if (name === 'route') return readRouteObject(first);
    if (name === 'use') {
      const prefix = args.length > 1 && (first.kind === 'string' || first.kind === 'join') ? first : null;
      return { does: 'mount', prefix, children: args };
    }
    const method = methodOf(name);
    if (method === null || args.length < 2) return null;
    // A route's name may stand before its path.
    const isNamed = first.kind === 'string' && second?.kind === 'string' && args.length > 2;
    const path = isNamed && second !== undefined ? second : first;
    return { does: 'route', methods: [method], path, handlers: args.slice(isNamed ? 2 : 1) };
  },
});
