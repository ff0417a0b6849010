import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../router-routes.ts';

/** Go's net/http: `mux.HandleFunc("GET /orders/{id}", handler)`, on a mux or on the package itself. */
export default defineRouterFramework({
  framework: 'net/http',
  family: 'go',
  syntax: 'braces',
  constructors: /^net\/http\.NewServeMux$/,
  types: /^net\/http\.ServeMux$/,
  globals: /^net\/http(\.DefaultServeMux)?$/,
  read(call, name) {
    const [pattern, handler] = positional(call);
    if (handler === undefined || pattern?.kind !== 'string') return null;
    if (name !== 'Handle' && name !== 'HandleFunc') return null;
    // `[METHOD ][HOST]/[PATH]`; `{$}` matches the end, `{rest...}` the rest.
    const [, verb, path = ''] = /^(?:([A-Z]+)\s+)?[^/]*(\/.*)$/.exec(pattern.value) ?? [];
    const method = verb === undefined ? 'ANY' : methodOf(verb);
    if (method === null || path === '') return null;
    const plain = path.replace(/\{\$\}/g, '').replace(/\.{3}\}/g, '}');
    return { does: 'route', methods: [method], path: { kind: 'string', value: plain }, handlers: [handler] };
  },
});
