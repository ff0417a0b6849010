import type { Route } from '../../types-code.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { defineRouteFinder, methodOf, speaksOf } from '../route-finder.ts';
import { listRequired } from '../routers/required-folders.ts';
import type { RouterCall } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const routers = defineRouterFramework({
  framework: 'express',
  family: 'javascript',
  syntax: 'colon',
  constructors: /^(express|express-promise-router|@types\/express)(\.(default|Router|application))?$/,
  types:
    /^(express|express-serve-static-core|@types\/express)\.(\w+\.)?(Express|Application|Router|IRouter|core\.Express)$/,
  module: 'express',
  speaks: speaksOf('use', 'route'),
  findMounts: listRequired,
  read(call, name) {
    if (name === 'use') return readUse(call);
    if (name === 'route') {
      return { does: 'derive', prefix: positional(call)[0] ?? null, fill: null };
    }
    const method = methodOf(name);
    return method === null ? null : readRoute(call, method);
  },
});

/** Express: `app.get(path, …)`, `app.use(path, router)`, `router.route(path).get(…)`. */
export default defineRouteFinder({
  framework: routers.framework,
  find: (resolver, before) => dropGuards(routers.find(resolver, before)),
});

/** In `route(path).all(guard).get(list)` the first only lets pass: it answers no other method. */
function dropGuards(routes: readonly Route[]): readonly Route[] {
  const chainOf = ({ path, declaredAt }: Route) => `${declaredAt.file}:${declaredAt.startLine} ${path}`;
  const answered = new Set(routes.flatMap((route) => (route.method === 'ANY' ? [] : [chainOf(route)])));
  return routes.filter((route) => route.method !== 'ANY' || !answered.has(chainOf(route)));
}

function readUse(call: CallExpression): RouterCall {
  const args = positional(call);
  const [first] = args;
  const hasPath = first !== undefined && args.length > 1 && isPathLike(first);
  // A router may stand anywhere among middleware; a path is no router and does no harm.
  return { does: 'mount', prefix: hasPath ? first : null, children: args.flatMap(flatten) };
}

function readRoute(
  call: CallExpression,
  method: NonNullable<ReturnType<typeof methodOf>>,
): RouterCall | null {
  const args = positional(call);
  const [first, ...rest] = args;
  if (first === undefined) return null;
  // `router.route(path).get(handler)` names no path; `app.get('title')` reads a setting.
  if (isOnRoute(call)) return { does: 'route', methods: [method], path: null, handlers: args };
  return rest.length === 0
    ? { does: 'chain' }
    : { does: 'route', methods: [method], path: first, handlers: rest };
}

/** The call stands in the chain of a `route(path)`. */
function isOnRoute(call: CallExpression): boolean {
  let of = call.callee.kind === 'member' ? call.callee.of : null;
  while (of?.kind === 'call' && of.callee.kind === 'member') {
    if (of.callee.name === 'route') return true;
    of = of.callee.of;
  }
  return false;
}

function flatten(expression: Expression): readonly Expression[] {
  return expression.kind === 'list' ? expression.items : [expression];
}

function isPathLike(expression: Expression): boolean {
  if (expression.kind === 'list') return expression.items.some((item) => item.kind === 'string');
  return ['string', 'join', 'name', 'member'].includes(expression.kind);
}
