import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** httprouter: `router.GET(path, handle)`, `Handle(method, path, handle)`, `Handler`, `HandlerFunc`. */
export default defineRouterFramework({
  framework: 'httprouter',
  family: 'go',
  syntax: 'colon',
  constructors: /^github\.com\/julienschmidt\/httprouter\.New$/,
  types: /^github\.com\/julienschmidt\/httprouter\.Router$/,
  module: 'julienschmidt/httprouter',
  read(call, name) {
    const [first, second, third] = positional(call);
    if (first === undefined || second === undefined) return null;
    if (/^(Handle|Handler|HandlerFunc)$/.test(name)) {
      const text = first.kind === 'string' ? first.value : first.kind === 'member' ? first.name : '';
      const method = methodOf(text.replace(/^Method/, ''));
      if (method === null || third === undefined) return null;
      return { does: 'route', methods: [method], path: second, handlers: [third] };
    }
    const method = /^[A-Z]+$/.test(name) ? methodOf(name) : null;
    return method === null ? null : { does: 'route', methods: [method], path: first, handlers: [second] };
  },
});
