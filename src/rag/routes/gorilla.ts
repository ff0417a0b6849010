import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import type { RouterCall, TableEntry } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

const CHAIN =
  /^(Subrouter|StrictSlash|SkipClean|UseEncodedPath|Host|Schemes|Headers|HeadersRegexp|Queries|Name|NewRoute|Path|MatcherFunc|Methods|Use)$/;
const NAMES = /^(Handle|HandleFunc|Handler|HandlerFunc|PathPrefix)$/;

const routers = defineRouterFramework({
  framework: 'gorilla/mux',
  family: 'go',
  syntax: 'braces',
  constructors: /^github\.com\/gorilla\/mux\.NewRouter$/,
  types: /^github\.com\/gorilla\/mux\.Router$/,
  speaks: (name) => CHAIN.test(name) || NAMES.test(name),
  openTable(table, place) {
    return table.kind === 'call'
      ? [{ methods: methodsIn(table), handlers: [], place, call: firstWithHandler(table), exact: true }]
      : [];
  },
  read(call, name) {
    const [first = null, second = null] = positional(call);
    if (name === 'PathPrefix') return { does: 'derive', prefix: first, fill: null };
    if (/^(Handle|HandleFunc)$/.test(name) && second !== null) {
      return { does: 'route', methods: ['ANY'], path: first, handlers: [second] };
    }
    // `r.Path("/users/{id}").Subrouter()`: its routes have no path of their own.
    const below = name === 'Subrouter' ? pathBelow(call) : null;
    if (below !== null) return { does: 'derive', prefix: below, fill: null };
    if (/^(Handler|HandlerFunc|Methods)$/.test(name)) return readRoute(call) ?? { does: 'chain' };
    return CHAIN.test(name) ? { does: 'chain' } : null;
  },
});

/** gorilla/mux: `r.HandleFunc(path, handler).Methods("GET")`, `PathPrefix(prefix).Subrouter()`, `Path(…).Handler(…)`. */
export default defineRouteFinder({
  framework: 'gorilla/mux',
  find: (resolver) => {
    const routes = routers.find(resolver, []);
    const keyOf = (route: (typeof routes)[number]) =>
      `${route.declaredAt.file}:${route.declaredAt.startLine} ${route.path} ${route.handler.file}:${route.handler.startLine}`;
    const named = new Set(routes.filter(({ method }) => method !== 'ANY').map(keyOf));
    // `HandleFunc` alone answers every method, unless `Methods` follows in the chain.
    return routes.filter((route) => route.method !== 'ANY' || !named.has(keyOf(route)));
  },
});

/** A route as the links of its chain say it, in whatever order; `null`: it has no path or no handler yet. */
function readRoute(call: CallExpression): (RouterCall & { readonly does: 'route' }) | null {
  let path: Expression | null = null;
  let handler: Expression | null = null;
  const names = new Set<string>();
  for (let at: Expression = call; at.kind === 'call' && at.callee.kind === 'member'; at = at.callee.of) {
    const [first = null, second = null] = positional(at);
    const { name } = at.callee;
    if (/^(Handle|HandleFunc)$/.test(name)) [path, handler] = [first, second];
    if (/^(Handler|HandlerFunc)$/.test(name)) handler = first;
    if (name === 'Path') path = first;
    names.add(name);
  }
  const isWhole = names.has('Methods') || names.has('PathPrefix');
  if (handler === null || (path === null && !isWhole)) return null;
  return { does: 'route', methods: [], path, handlers: [handler], table: call };
}

/** The path that a chain names before `Subrouter`. */
function pathBelow(call: CallExpression): Expression | null {
  for (let at: Expression = call; at.kind === 'call' && at.callee.kind === 'member'; at = at.callee.of) {
    if (at.callee.name === 'Path') return positional(at)[0] ?? null;
  }
  return null;
}

function methodsIn(call: CallExpression): TableEntry['methods'] {
  for (let at: Expression = call; at.kind === 'call' && at.callee.kind === 'member'; at = at.callee.of) {
    if (at.callee.name === 'Methods') return positional(at).flatMap((item) => methodOf(verbOf(item)) ?? []);
  }
  return ['ANY'];
}

/** The link of the chain that names the handler. */
function firstWithHandler(call: CallExpression): CallExpression {
  for (let at: Expression = call; at.kind === 'call' && at.callee.kind === 'member'; at = at.callee.of) {
    if (/^(Handle|HandleFunc|Handler|HandlerFunc)$/.test(at.callee.name)) return at;
  }
  return call;
}

function verbOf(item: Expression): string {
  if (item.kind === 'string') return item.value;
  return item.kind === 'member' ? item.name.replace(/^Method/, '') : '';
}
