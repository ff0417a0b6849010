import type { Route } from '../../types-code.ts';
import { listDocumented } from '../contracts/openapi-operations.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler } from '../handlers.ts';
import { chainOfCalls } from '../names/call-chain.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import type { RouterCall, TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const HANDLES = /^(handler|blockingHandler|respond|addHandler)$/;
const CHAIN =
  /^(get|post|put|patch|delete|head|options|route|path|method|consumes|produces|order|last|failureHandler|useNormalizedPath|setName|putMetadata)$/;

/** Vert.x Web: `router.get("/orders/:id").handler(this::show)`, sub-routers, and `operation("showOrder")` of a document. */
export default defineRouteFinder({
  framework: 'vertx',
  find(resolver) {
    if (!resolver.program.usesModule('io.vertx', 'java')) return [];
    const inner = listInner(resolver);
    const routers = defineRouterFramework({
      framework: 'vertx',
      family: 'java',
      syntax: 'colon',
      constructors: /^io\.vertx\.(\w+\.)*Router\.router$/,
      types: /^io\.vertx\.(\w+\.)*Router$/,
      speaks: (name) => HANDLES.test(name) || CHAIN.test(name) || /subRouter/i.test(name),
      openTable: (table, place) =>
        table.kind === 'call'
          ? [{ methods: methodsIn(table), handlers: [], place, call: table, exact: true }]
          : [],
      read: (call, name) =>
        inner.has(call) && HANDLES.test(name) ? { does: 'chain' } : readCall(call, name),
    });
    return [...routers.find(resolver, []), ...ofDocument(resolver)];
  },
});

function readCall(call: CallExpression, name: string): RouterCall | null {
  const [first = null, second] = positional(call);
  if (name === 'mountSubRouter' && second !== undefined) {
    return { does: 'mount', prefix: first, children: [second] };
  }
  if (name === 'subRouter' && first !== null) {
    return { does: 'mount', prefix: bare(pathIn(call)), children: [first] };
  }
  if (!HANDLES.test(name)) return CHAIN.test(name) ? { does: 'chain' } : null;
  const path = pathIn(call);
  // What answers below a wildcard stands before the handlers.
  const isWild = path?.kind === 'string' && path.value.endsWith('*');
  if (path === null || isWild || first === null) return { does: 'chain' };
  return { does: 'route', methods: [], path, handlers: [first], table: call };
}

/** `/api/*` as the prefix of a sub-router. */
function bare(path: Expression | null): Expression | null {
  return path?.kind === 'string' ? { ...path, value: path.value.replace(/\/?\*$/, '') } : path;
}

function pathIn(call: CallExpression): Expression | null {
  for (const { name, call: link } of chainOfCalls(call)?.links ?? []) {
    const [first, second] = positional(link);
    if (name === 'route' && second !== undefined) return second;
    if (first !== undefined && (name === 'route' || name === 'path' || methodOf(name) !== null)) return first;
  }
  return null;
}

function methodsIn(call: CallExpression): TableEntry['methods'] {
  const found = (chainOfCalls(call)?.links ?? []).flatMap(({ name, call: link }) => {
    const [first, second] = positional(link);
    const isNamed = name === 'method' || (name === 'route' && second !== undefined);
    return methodOf(isNamed && first !== undefined ? (lastName(first) ?? '') : name) ?? [];
  });
  return found.length > 0 ? found : ['ANY'];
}

/** Handlers of a chain that others follow: the last answers. */
function listInner({ program }: Resolver): ReadonlySet<CallExpression> {
  const inner = new Set<CallExpression>();
  for (const { call, name } of program.memberCalls('java')) {
    if (!HANDLES.test(name)) continue;
    const links = chainOfCalls(call)?.links ?? [];
    for (const link of links.slice(0, -1)) if (HANDLES.test(link.name)) inner.add(link.call);
  }
  return inner;
}

/** `routerBuilder.operation("showOrder").handler(…)`, `getRoute("showOrder").addHandler(…)`. */
function ofDocument(resolver: Resolver): Route[] {
  const named = resolver.program.memberCalls('java').flatMap(({ place, call, name }) => {
    const link = HANDLES.test(name)
      ? chainOfCalls(call)?.links.find((one) => /^(operation|getRoute)$/.test(one.name))
      : undefined;
    const id = link === undefined ? null : constantOf(positional(link.call)[0] ?? null, place, resolver);
    const handler = id === null ? null : findHandler(positional(call), call, place, resolver);
    return id === null || handler === null ? [] : [{ id, handler, place, call }];
  });
  if (named.length === 0) return [];
  const { texts } = resolver.program.modules;
  const operations = [...texts.keys()].flatMap((file) =>
    /\.(ya?ml|json)$/.test(file) ? [...listDocumented(file, texts)] : [],
  );
  return named.flatMap(({ id, handler, place, call }) =>
    operations.flatMap(({ method, path, operationId }): Route[] => {
      if (operationId !== id) return [];
      const declaredAt = { file: place.file, startLine: call.line, endLine: call.endLine };
      const { range, name } = handler;
      return [
        { framework: 'vertx', method, path, operationId, handler: range, handlerName: name, declaredAt },
      ];
    }),
  );
}
