import { keyword, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../router-routes.ts';

/** Flask: decorators on `Flask` and `Blueprint`, `register_blueprint`, `add_url_rule`, method views. */
export default defineRouterFramework({
  framework: 'flask',
  family: 'python',
  syntax: 'angles',
  constructors:
    /^(flask|quart|apiflask|flask_openapi3|flask_smorest)(\.\w+)*\.(Flask|Blueprint|Quart|APIFlask|APIBlueprint|OpenAPI)$/,
  types: /^(flask|quart)(\.\w+)*\.(Flask|Blueprint|Quart)$/,
  made: (call) => ({ prefix: keyword(call, 'url_prefix'), tags: null }),
  decorates: true,
  read(call, name) {
    const [first = null, , third] = positional(call);
    const methods = methodsOf(keyword(call, 'methods'));
    if (name === 'register_blueprint') {
      if (first === null) return null;
      return { does: 'mount', prefix: keyword(call, 'url_prefix'), children: [first], replacesPrefix: true };
    }
    const path = first ?? keyword(call, 'rule');
    if (name === 'add_url_rule') {
      const view = third ?? keyword(call, 'view_func');
      return { does: 'route', methods, path, handlers: view === null || view === undefined ? [] : [view] };
    }
    if (name === 'route') return { does: 'route', methods, path, handlers: [] };
    const method = methodOf(name);
    return method === null ? null : { does: 'route', methods: [method], path, handlers: [] };
  },
});

function methodsOf(list: Expression | null) {
  // None given: those of a method view, GET of a function.
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
