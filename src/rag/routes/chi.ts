import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** chi: `r.Get(path, handler)`, `Route(prefix, func(r chi.Router) {…})`, `Mount`, `Group`, `With`. */
export default defineRouterFramework({
  framework: 'chi',
  family: 'go',
  syntax: 'braces',
  constructors: /^github\.com\/go-chi\/chi(\/v\d+)?\.(NewRouter|NewMux)$/,
  types: /^github\.com\/go-chi\/chi(\/v\d+)?\.(Router|Mux)$/,
  read(call, name) {
    const [first, second, third] = positional(call);
    if (name === 'With') return { does: 'derive', prefix: null, fill: null };
    if (first === undefined) return null;
    if (name === 'Group') return { does: 'derive', prefix: null, fill: first };
    if (second === undefined) return null;
    if (name === 'Route') return { does: 'derive', prefix: first, fill: second };
    if (name === 'Mount') return { does: 'mount', prefix: first, children: [second] };
    if (name === 'Method' || name === 'MethodFunc') {
      const text = first.kind === 'string' ? first.value : first.kind === 'member' ? first.name : '';
      const method = methodOf(text.replace(/^Method/, ''));
      if (method === null || third === undefined) return null;
      return { does: 'route', methods: [method], path: second, handlers: [third] };
    }
    if (name === 'Handle' || name === 'HandleFunc') {
      return { does: 'route', methods: ['ANY'], path: first, handlers: [second] };
    }
    const method = /^[A-Z][a-z]+$/.test(name) ? methodOf(name) : null;
    return method === null ? null : { does: 'route', methods: [method], path: first, handlers: [second] };
  },
});
