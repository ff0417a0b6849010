import { positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import { defineRouterFramework } from '../router-routes.ts';

/** Hono: `app.get(path, …)`, `app.route(path, app)`, `basePath`, `on`. */
export default defineRouterFramework({
  framework: 'hono',
  family: 'javascript',
  syntax: 'colon',
  constructors: /^(hono(\/(tiny|quick))?\.Hono|@hono\/zod-openapi\.OpenAPIHono|jsr:@hono\/hono\.Hono)$/,
  types: /^(hono\.Hono|@hono\/zod-openapi\.OpenAPIHono)$/,
  speaks: speaksOf('basePath', 'route', 'mount', 'use', 'on'),
  read(call, name) {
    const [first, ...rest] = positional(call);
    if (first === undefined) return null;
    if (name === 'basePath') return { does: 'derive', prefix: first, fill: null };
    if (name === 'route' || name === 'mount') return { does: 'mount', prefix: first, children: rest };
    if (name === 'use') return { does: 'chain' };
    if (name === 'on') {
      const [path = null, ...handlers] = rest;
      return { does: 'route', methods: methodsOf(first), path, handlers };
    }
    const method = methodOf(name);
    if (method === null) return null;
    // `app.get(handler)` after a `basePath` names no path.
    if (first.kind === 'function') return { does: 'route', methods: [method], path: null, handlers: [first] };
    return { does: 'route', methods: [method], path: first, handlers: rest };
  },
});

function methodsOf(list: Expression) {
  const items = list.kind === 'list' ? list.items : [list];
  return items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
