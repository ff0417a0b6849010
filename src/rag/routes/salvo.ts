import { lastName, positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Salvo: `Router::with_path("orders").get(list).push(Router::with_path("{id}").get(show))`. */
export default defineRouterFramework({
  framework: 'salvo',
  family: 'rust',
  syntax: 'braces',
  constructors: /^salvo(_core)?(\.\w+)*\.Router\.(new|with_path|with_hoop|with_filter)$/,
  types: /^salvo(_core)?(\.\w+)*\.Router$/,
  module: 'salvo',
  made: (call) => ({
    prefix: lastName(call.callee) === 'with_path' ? (positional(call)[0] ?? null) : null,
    tags: null,
  }),
  read(call, name) {
    const [first = null] = positional(call);
    if (/^(hoop|hoop_when|filter|filter_fn|oapi_tag|oapi_tags|oapi_security|then)$/.test(name)) {
      return { does: 'chain' };
    }
    if (first === null) return null;
    if (name === 'path') return { does: 'prefix', prefix: first };
    if (name === 'push' || name === 'unshift') return { does: 'mount', prefix: null, children: [first] };
    const method = name === 'goal' ? 'ANY' : methodOf(name);
    return method === null ? null : { does: 'route', methods: [method], path: null, handlers: [first] };
  },
});
