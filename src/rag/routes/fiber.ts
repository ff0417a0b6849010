import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Fiber: `app.Get(path, middleware…, handler)`, `Group`, `Route`, `Mount`, `Add`. */
export default defineRouterFramework({
  framework: 'fiber',
  family: 'go',
  syntax: 'colon',
  constructors: /^github\.com\/gofiber\/fiber(\/v\d+)?\.New$/,
  types: /^github\.com\/gofiber\/fiber(\/v\d+)?\.(App|Router|Group|IRouter)$/,
  module: 'gofiber/fiber',
  read(call, name) {
    const [first, second, ...rest] = positional(call);
    if (first === undefined) return null;
    if (name === 'Group') return { does: 'derive', prefix: first, fill: null };
    if (name === 'Route') return { does: 'derive', prefix: first, fill: second ?? null };
    if (name === 'Use') {
      return second === undefined ? { does: 'chain' } : { does: 'mount', prefix: first, children: [second] };
    }
    if (second === undefined) return null;
    if (name === 'Mount') return { does: 'mount', prefix: first, children: [second] };
    if (name === 'Add') {
      const items = first.kind === 'list' ? first.items : [first];
      const methods = items.flatMap((item) => {
        const text = item.kind === 'string' ? item.value : item.kind === 'member' ? item.name : '';
        return methodOf(text.replace(/^Method/, '')) ?? [];
      });
      return rest.length === 0 ? null : { does: 'route', methods, path: second, handlers: rest };
    }
    const method = /^[A-Z][a-z]+$/.test(name) ? methodOf(name) : null;
    return method === null
      ? null
      : { does: 'route', methods: [method], path: first, handlers: [second, ...rest] };
  },
});
