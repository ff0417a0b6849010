import { lastName, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Go's net/http: `mux.HandleFunc("GET /orders/{id}", handler)`, on a mux or on the package itself, `http.StripPrefix`. */
export default defineRouterFramework({
  framework: 'net/http',
  family: 'go',
  syntax: 'braces',
  constructors: /^net\/http\.NewServeMux$/,
  types: /^net\/http\.ServeMux$/,
  globals: /^net\/http(\.DefaultServeMux)?$/,
  read(call, name) {
    const [first, handler] = positional(call);
    if (handler === undefined || first === undefined) return null;
    const pattern = literalOf(first);
    if (name !== 'Handle' && name !== 'HandleFunc') return null;
    // `[METHOD ][HOST]/[PATH]`; `{$}` matches the end, `{rest...}` the rest.
    const [, verb, path = ''] = /^(?:([A-Z]+)\s+)?[^/]*(\/.*)$/.exec(pattern) ?? [];
    const method = verb === undefined ? 'ANY' : methodOf(verb);
    if (method === null || path === '') return null;
    const below = stripped(handler);
    if (below !== null) return { does: 'mount', prefix: below.prefix, children: [below.inner] };
    const plain = path.replace(/\{\$\}/g, '').replace(/\.{3}\}/g, '}');
    return { does: 'route', methods: [method], path: { kind: 'string', value: plain }, handlers: [handler] };
  },
});

/** `http.StripPrefix("/api", mux)`, also inside of middleware: what is below and at which prefix. */
function stripped(handler: Expression): { readonly prefix: Expression; readonly inner: Expression } | null {
  if (handler.kind !== 'call') return null;
  const [first, second] = positional(handler);
  if (lastName(handler.callee) === 'StripPrefix' && first !== undefined && second !== undefined)
    return { prefix: first, inner: second };
  for (const { value } of handler.args) {
    const found = stripped(value);
    if (found !== null) return found;
  }
  return null;
}

/** `"GET " + base + "/orders"`: its literal parts, since what a generator adds is empty by default. */
function literalOf(pattern: Expression): string {
  if (pattern.kind === 'string') return pattern.value;
  return pattern.kind === 'join' ? pattern.parts.map(literalOf).join('') : '';
}
