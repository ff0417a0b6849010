import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import type { RouterCall } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';
import { openMethodRouter } from '../routers/rust-method-routers.ts';

const CHAIN =
  /^(with_state|layer|route_layer|fallback|method_not_allowed_fallback|without_v07_checks|split_for_parts|finish_api|finish_api_with|with_path_items|api_route_docs|reset_fallback|tag|map)$/;

/** axum: `Router::new().route(path, get(h))`, `nest`, `merge`; `OpenApiRouter` of utoipa, `ApiRouter` of aide. */
export default defineRouterFramework({
  framework: 'axum',
  family: 'rust',
  syntax: 'colon-or-braces',
  constructors:
    /^(axum(\.\w+)*\.Router|utoipa_axum(\.\w+)*\.OpenApiRouter|aide\.axum(\.\w+)*\.ApiRouter)\.(new|default|with_openapi)$/,
  types: /^(axum(\.\w+)*\.Router|utoipa_axum(\.\w+)*\.OpenApiRouter|aide\.axum(\.\w+)*\.ApiRouter)$/,
  openTable: openMethodRouter,
  attribute: readUtoipa,
  read(call, name) {
    const [first, second] = positional(call);
    if (CHAIN.test(name)) return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'merge') return { does: 'mount', prefix: null, children: [first] };
    if (name === 'routes') return { does: 'mount', prefix: null, children: [first] };
    if (second === undefined) return null;
    if (/^(nest|nest_service|nest_api_service)$/.test(name)) {
      return { does: 'mount', prefix: first, children: [second] };
    }
    if (!/^(route|api_route|api_route_with)$/.test(name)) return null;
    return { does: 'route', methods: [], path: first, handlers: [], table: second };
  },
});

/** `#[utoipa::path(get, path = "/orders", operation_id = "list")]`; without an id, the function's name is it. */
function readUtoipa(attribute: CallExpression): (RouterCall & { readonly does: 'route' }) | null {
  if (lastName(attribute.callee) !== 'path') return null;
  const given = positional(attribute).flatMap((item) =>
    item.kind === 'name' ? (methodOf(item.name) ?? []) : [],
  );
  const listed = keyword(attribute, 'method');
  const named = listed?.kind === 'list' ? listed.items : [];
  const methods = [...given, ...named.flatMap((item) => methodOf(lastName(item) ?? '') ?? [])];
  return {
    does: 'route',
    methods,
    path: keyword(attribute, 'path'),
    handlers: [],
    operationId: keyword(attribute, 'operation_id'),
  };
}
