import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Gin: `r.GET(path, middleware…, handler)`, `Group`, `Handle`. */
export default defineRouterFramework({
  framework: 'gin',
  family: 'go',
  syntax: 'colon',
  constructors: /^github\.com\/gin-gonic\/gin\.(New|Default)$/,
  types: /^github\.com\/gin-gonic\/gin\.(Engine|RouterGroup|IRouter|IRoutes)$/,
  read(call, name) {
    const [first, second, ...rest] = positional(call);
    if (first === undefined) return null;
    if (name === 'Group') return { does: 'derive', prefix: first, fill: null };
    if (name === 'Use') return { does: 'chain' };
    if (second === undefined) return null;
    if (name === 'Handle') {
      const text = first.kind === 'string' ? first.value : first.kind === 'member' ? first.name : '';
      const method = methodOf(text.replace(/^Method/, ''));
      return method === null ? null : { does: 'route', methods: [method], path: second, handlers: rest };
    }
    const method = /^[A-Z]+$|^Any$/.test(name) ? methodOf(name) : null;
    return method === null
      ? null
      : { does: 'route', methods: [method], path: first, handlers: [second, ...rest] };
  },
});
