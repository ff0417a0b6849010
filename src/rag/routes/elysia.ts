import { keyword, positional } from '../expressions.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Elysia: chained `get(path, handler)`, `use(plugin)`, `group(path, fill)`, `prefix`. */
export default defineRouterFramework({
  framework: 'elysia',
  family: 'javascript',
  syntax: 'colon',
  constructors: /^elysia(\.(default|Elysia))?$/,
  types: /^elysia\.Elysia$/,
  made: (call) => ({ prefix: keyword(call, 'prefix'), tags: null }),
  module: 'elysia',
  speaks: speaksOf(
    'use',
    'group',
    'guard',
    'listen',
    'derive',
    'resolve',
    'state',
    'decorate',
    'model',
    'macro',
    'as',
  ),
  read(call, name) {
    const [first, ...rest] = positional(call);
    if (first === undefined) return null;
    if (name === 'use') return { does: 'mount', prefix: null, children: [first] };
    if (name === 'group') return { does: 'derive', prefix: first, fill: rest.at(-1) ?? null };
    if (name === 'guard' && rest.length > 0)
      return { does: 'derive', prefix: null, fill: rest.at(-1) ?? null };
    const method = methodOf(name);
    if (method === null) return { does: 'chain' };
    const [handler] = rest;
    return handler === undefined
      ? null
      : { does: 'route', methods: [method], path: first, handlers: [handler] };
  },
});
