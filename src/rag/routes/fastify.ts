import { entryOf, keyword, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf, speaksOf } from '../route-finder.ts';
import { listAutoloaded } from '../routers/fastify-autoload.ts';
import type { RouterCall } from '../routers/router-dialect.ts';
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
  read(call, name) {
    const [first, ...rest] = positional(call);
    if (name === 'withTypeProvider' || name === 'after') return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'register') {
      return { does: 'mount', prefix: keyword(call, 'prefix'), children: [first] };
    }
    if (name === 'route') return readRouteObject(first);
    const method = methodOf(name);
    if (method === null || rest.length === 0) return null;
    return { does: 'route', methods: [method], path: first, handlers: rest.flatMap(openOptions) };
  },
});

function readRouteObject(options: Expression): RouterCall | null {
  const handler = entryOf(options, 'handler');
  const method = entryOf(options, 'method');
  if (handler === null || method === null) return null;
  const names = method.kind === 'list' ? method.items : [method];
  const methods = names.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
  return { does: 'route', methods, path: entryOf(options, 'url', 'path'), handlers: [handler] };
}

/** `{ schema, handler }` in place of a handler. */
function openOptions(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'map') return [expression];
  const handler = entryOf(expression, 'handler');
  return handler === null ? [] : [handler];
}
