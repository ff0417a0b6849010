import { chainOf, keyword, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import type { NamedRoute } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** FastAPI: decorators on `FastAPI` and `APIRouter`, `include_router`, `add_api_route`. */
export default defineRouterFramework({
  framework: 'fastapi',
  family: 'python',
  syntax: 'braces',
  constructors: /^fastapi(\.\w+)*\.(FastAPI|APIRouter)$/,
  types: /^fastapi(\.\w+)*\.(FastAPI|APIRouter)$/,
  made: (call) => ({ prefix: keyword(call, 'prefix', 'root_path'), tags: keyword(call, 'tags') }),
  decorates: true,
  read(call, name) {
    const [first = null, second] = positional(call);
    const shared = { tags: keyword(call, 'tags'), operationId: keyword(call, 'operation_id') };
    const path = first ?? keyword(call, 'path');
    if (name === 'include_router') {
      const child = first ?? keyword(call, 'router');
      if (child === null) return null;
      return { does: 'mount', prefix: keyword(call, 'prefix'), children: [child], tags: shared.tags };
    }
    if (name === 'mount') {
      const child = second ?? keyword(call, 'app');
      return child === null || child === undefined
        ? null
        : { does: 'mount', prefix: path, children: [child] };
    }
    if (name === 'api_route' || name === 'route') {
      return { does: 'route', methods: methodsOf(keyword(call, 'methods')), path, handlers: [], ...shared };
    }
    if (name === 'add_api_route' || name === 'add_route') {
      const handler = second ?? keyword(call, 'endpoint');
      const handlers = handler === null || handler === undefined ? [] : [handler];
      return { does: 'route', methods: methodsOf(keyword(call, 'methods')), path, handlers, ...shared };
    }
    const method = methodOf(name);
    // `client.get(url)` of a parameter is no route: decorators have no handler, and calls are no decorators.
    return method === null ? null : { does: 'route', methods: [method], path, handlers: [], ...shared };
  },
  operationId,
});

/** `name + path + method` with `_` for all else (fastapi.utils.generate_unique_id), or the application's own rule. */
function operationId({ method, path, handlerName, tags, customId }: NamedRoute): string | null {
  if (handlerName === null) return null;
  if (customId === null) return `${`${handlerName}${path}`.replace(/\W/g, '_')}_${method.toLowerCase()}`;
  const parts = customId.kind === 'join' ? customId.parts : [customId];
  const texts = parts.map((part) => customPart(part, { method, path, handlerName, tags }));
  return texts.includes(null) ? null : texts.join('');
}

function customPart(
  part: Expression,
  route: { method: string; path: string; handlerName: string; tags: readonly string[] },
): string | null {
  if (part.kind === 'string') return part.value;
  if (part.kind === 'index')
    return chainOf(part.of)?.endsWith('.tags') === true ? (route.tags[0] ?? null) : null;
  if (part.kind !== 'member') return null;
  if (part.name === 'name') return route.handlerName;
  return part.name === 'path' || part.name === 'path_format' ? route.path : null;
}

function methodsOf(list: Expression | null) {
  if (list?.kind !== 'list') return ['GET' as const];
  return list.items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
}
