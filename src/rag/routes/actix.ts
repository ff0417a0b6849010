import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import type { RouterCall, TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const CHAIN =
  /^(wrap|wrap_fn|app_data|data|guard|default_service|external_resource|name|into_utoipa_app|into_app|openapi|openapi_service|map|build|split_for_parts|with_json_spec_at|wrap_api)$/;

/** actix-web: `App::new().service(…)`, `web::scope`, `web::resource`, `.configure(…)`, `#[get("/x")]`. */
export default defineRouterFramework({
  framework: 'actix-web',
  family: 'rust',
  syntax: 'braces',
  constructors:
    /^(actix_web|utoipa_actix_web|paperclip\.actix)(\.\w+)*\.(App\.new|scope|resource|Scope\.new|Resource\.new)$/,
  types: /^(actix_web|utoipa_actix_web|paperclip\.actix)(\.\w+)*\.(ServiceConfig|App|Scope)$/,
  made: (call) => ({ prefix: positional(call)[0] ?? null, tags: null }),
  openTable,
  attribute: readAttribute,
  read(call, name) {
    const [first, second = null] = positional(call);
    if (CHAIN.test(name)) return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'service' || name === 'configure') {
      return { does: 'mount', prefix: null, children: first.kind === 'list' ? first.items : [first] };
    }
    if (name === 'route') {
      const [path, table] = second === null ? [null, first] : [first, second];
      return { does: 'route', methods: [], path, handlers: [], table };
    }
    const method = name === 'to' ? 'ANY' : methodOf(name);
    return method === null ? null : { does: 'route', methods: [method], path: null, handlers: [first] };
  },
});

/** `web::get().guard(…).to(handler)`, `web::method(Method::GET).to(handler)`, `web::route().method(…).to(handler)`. */
function openTable(table: Expression, place: Place, resolver: Resolver): readonly TableEntry[] {
  if (table.kind !== 'call') {
    return resolver
      .evaluate(table, place)
      .flatMap((entity) =>
        entity.kind === 'value' && entity.value.kind === 'call'
          ? [...openTable(entity.value, entity, resolver)]
          : [],
      );
  }
  let handler: Expression | null = null;
  let methods: TableEntry['methods'] = [];
  let at: Expression = table;
  while (at.kind === 'call') {
    const name = lastName(at.callee) ?? '';
    const [first = null] = positional(at);
    if (name === 'to' || name === 'to_async') handler = first;
    const verb = name === 'method' ? methodOf(first === null ? '' : (lastName(first) ?? '')) : methodOf(name);
    if (verb !== null) methods = [...methods, verb];
    at = at.callee.kind === 'member' ? at.callee.of : at.callee;
  }
  if (handler === null) return [];
  return [{ methods: methods.length > 0 ? methods : ['ANY'], handlers: [handler], place, call: table }];
}

/** `#[get("/orders/{id}")]`, `#[route("/orders", method = "GET", method = "POST")]`. */
function readAttribute(attribute: CallExpression): (RouterCall & { readonly does: 'route' }) | null {
  const name = lastName(attribute.callee) ?? '';
  const [path] = positional(attribute);
  if (path?.kind !== 'string' && path?.kind !== 'name') return null;
  const verb = methodOf(name);
  const named = attribute.args.flatMap(({ name: key, value }) =>
    key === 'method' && value.kind === 'string' ? (methodOf(value.value) ?? []) : [],
  );
  const methods = verb !== null ? [verb] : named;
  if (methods.length === 0 || (verb === null && name !== 'route')) return null;
  return { does: 'route', methods, path, handlers: [], operationId: keyword(attribute, 'operation_id') };
}
