import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Echo: `e.GET(path, handler, middleware…)`, `Group`, `Match`, `Add`. */
export default defineRouterFramework({
  framework: 'echo',
  family: 'go',
  syntax: 'colon',
  constructors: /^github\.com\/labstack\/echo(\/v\d+)?\.New$/,
  types: /^github\.com\/labstack\/echo(\/v\d+)?\.(Echo|Group|Router)$/,
  read(call, name) {
    const [first, second, third] = positional(call);
    if (first === undefined) return null;
    if (name === 'Group') return { does: 'derive', prefix: first, fill: null };
    if (second === undefined) return null;
    if (name === 'Match' || name === 'Add') {
      if (third === undefined) return null;
      const items = first.kind === 'list' ? first.items : [first];
      const methods = items.flatMap((item) => {
        const text = item.kind === 'string' ? item.value : item.kind === 'member' ? item.name : '';
        return methodOf(text.replace(/^Method/, '')) ?? [];
      });
      return { does: 'route', methods, path: second, handlers: [third] };
    }
    const method = /^[A-Z]+$|^Any$/.test(name) ? methodOf(name) : null;
    return method === null ? null : { does: 'route', methods: [method], path: first, handlers: [second] };
  },
});
