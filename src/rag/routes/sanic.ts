import { keyword, lastName, positional, stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Sanic: decorators on `Sanic` and `Blueprint`, `blueprint`, groups of blueprints, versions, class-based views. */
export default defineRouterFramework({
  framework: 'sanic',
  family: 'python',
  syntax: 'angles',
  constructors: /^sanic(\.\w+)*\.(Sanic|Blueprint|Blueprint\.group)$/,
  types: /^sanic(\.\w+)*\.(Sanic|Blueprint)$/,
  module: 'sanic',
  made(call) {
    const own = keyword(call, 'url_prefix', 'version_prefix');
    const holds = lastName(call.callee) === 'group' ? positional(call).flatMap(opened) : [];
    return { prefix: versioned(call, own), tags: null, holds };
  },
  decorates: true,
  read(call, name) {
    const [first = null, second = null] = positional(call);
    if (name === 'blueprint' && first !== null)
      return { does: 'mount', prefix: keyword(call, 'url_prefix'), children: opened(first) };
    const methods = methodsOf(keyword(call, 'methods'));
    if (name === 'add_route') {
      const handler = first ?? keyword(call, 'handler');
      const path = second ?? keyword(call, 'uri');
      return { does: 'route', methods, path, handlers: handler === null ? [] : [handler] };
    }
    const path = turned(first ?? keyword(call, 'uri'));
    if (name === 'route') return { does: 'route', methods, path, handlers: [] };
    const method = methodOf(name);
    return method === null ? null : { does: 'route', methods: [method], path, handlers: [] };
  },
});

/** The version of a blueprint stands before its prefix: `/v1/users`. */
function versioned(call: CallExpression, prefix: Expression | null): Expression | null {
  const version = keyword(call, 'version');
  const text = version?.kind === 'other' || version?.kind === 'string' ? versionText(version) : '';
  if (text === '') return prefix;
  return { kind: 'join', parts: [stringOf(`/v${text}`), prefix ?? stringOf('')] };
}

function versionText(version: Expression & { readonly kind: 'other' | 'string' }): string {
  const text = version.kind === 'string' ? version.value : version.text;
  return /^v?[\d.]+$/.test(text) ? text.replace(/^v/, '') : '';
}

/** `<uid:int>` is turned to `<int:uid>`, as other frameworks write it. */
function turned(path: Expression | null): Expression | null {
  return path?.kind === 'string' ? stringOf(path.value.replace(/<(\w+):[^<>]*>/g, '<$1>')) : path;
}

function opened(expression: Expression): readonly Expression[] {
  return expression.kind === 'list' ? expression.items : [expression];
}

function methodsOf(list: Expression | null) {
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
