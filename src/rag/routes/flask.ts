import { keyword, lastName, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Flask, with Flask-RESTX, Flask-RESTful, flask-smorest: decorators on `Flask` and `Blueprint`, `register_blueprint`, `add_url_rule`, method views. */
export default defineRouterFramework({
  framework: 'flask',
  family: 'python',
  syntax: 'angles',
  constructors:
    /^(flask|quart|apiflask|flask_openapi3|flask_smorest|flask_restx|flask_restplus|flask_restful)(\.\w+)*\.(Flask|Blueprint|Quart|APIFlask|APIBlueprint|OpenAPI|Api|Namespace)$/,
  types:
    /^(flask|quart|flask_smorest|flask_restx|flask_restful)(\.\w+)*\.(Flask|Blueprint|Quart|Api|Namespace)$/,
  made(call) {
    const [first = null] = positional(call);
    const name = lastName(call.callee);
    const given = keyword(call, 'url_prefix', 'prefix', 'path');
    if (name === 'Api') return { prefix: given, tags: null, below: first ?? keyword(call, 'app') };
    // Without a path, a namespace of Flask-RESTX hangs at its name.
    return { prefix: given ?? (name === 'Namespace' ? first : null), tags: null };
  },
  decorates: true,
  read(call, name) {
    const [first = null, second = null, third] = positional(call);
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
    if (name === 'route') {
      // Flask-RESTX names several paths in a row.
      const items = positional(call);
      const listed: Expression | null = items.length > 0 ? { kind: 'list', items } : path;
      return { does: 'route', methods, path: listed, handlers: [] };
    }
    if (name === 'add_namespace' && first !== null) {
      const path = keyword(call, 'path') ?? second;
      return { does: 'mount', prefix: path, children: [first], replacesPrefix: true };
    }
    if (name === 'add_resource' && first !== null) {
      const paths = positional(call).slice(1);
      return { does: 'route', methods, path: { kind: 'list', items: paths }, handlers: [first] };
    }
    const method = methodOf(name);
    return method === null ? null : { does: 'route', methods: [method], path, handlers: [] };
  },
});

function methodsOf(list: Expression | null) {
  // None given: those of a method view, GET of a function.
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
