import type { HttpMethod } from '../../types.ts';
import { lastName, positional, stringOf, walkExpression } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { listCallers } from '../names/arguments.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import type { Declared, Spoken } from './router-declarations.ts';
import type { RouterDialect } from './router-dialect.ts';
import type { RouterGraph } from './router-graph.ts';

type Methods = readonly (HttpMethod | 'ANY')[];

const MAX_DEPTH = 3;
/** Calls whose method or pattern may be what a parameter gives. */
const OPEN_CALLS = /^(handle|handlefunc|handler|handlerfunc|method|methodfunc|add|match)$/i;

/** A call with what its function was given in place of the parameters, and the call that has given it. */
interface GivenCall {
  readonly args: readonly Expression[];
  readonly place: Place;
  readonly call: CallExpression;
}

/**
 * Routes of a function that declares them with its parameters, one for each of its calls:
 * `func (s *Server) get(path string, h http.HandlerFunc) { s.mux.Handle("GET "+path, s.log(h)) }`. Empty: it is no such call.
 */
export function listGiven(
  call: CallExpression,
  name: string,
  place: Place,
  spoken: Spoken | null,
  graph: RouterGraph,
  dialect: RouterDialect,
  resolver: Resolver,
): Declared[] {
  const params = paramsAround(place, resolver);
  if (call.callee.kind !== 'member' || params === null || !params.names.some((one) => usesName(call, one))) {
    return [];
  }
  if (spoken === null && !OPEN_CALLS.test(name)) return [];
  if (spoken !== null) {
    const { said } = spoken;
    const isOpen = said.does === 'route' && said.table === undefined && said.path !== null;
    if (!isOpen || constantOf(said.path, place, resolver) !== null) return [];
  }
  const on = spoken?.on ?? graph.routersAt(call.callee.of, place);
  if (on.length === 0) return [];
  return listConcrete(call, place, dialect.family, resolver, 0).flatMap((given): Declared[] => {
    const args = given.args.map((value) => ({ name: null, value }));
    const said = dialect.read({ ...call, args }, name);
    if (said?.does !== 'route' || said.table !== undefined || given.call === call) return [];
    const path = constantOf(said.path, place, resolver);
    if (path === null) return [];
    const { place: handledAt } = given;
    const methods = isOpen(said.methods) ? (verbsOf(given.call) ?? said.methods) : said.methods;
    return [
      {
        said: { ...said, methods, path: stringOf(path) },
        on,
        place: handledAt,
        call: given.call,
        handledAt,
        decorated: null,
      },
    ];
  });
}

function isOpen(methods: Methods): boolean {
  return methods.length === 1 && methods[0] === 'ANY';
}

/** The method that a registrar of the application is named with or given, `admin.GET(path, h)`; `null`: neither. */
function verbsOf(call: CallExpression): Methods | null {
  const named = methodOf(lastName(call.callee) ?? '');
  if (named !== null && named !== 'ANY') return [named];
  for (const item of positional(call)) {
    const text = item.kind === 'string' ? item.value : item.kind === 'member' ? item.name : '';
    const given = /^(Method)?[A-Z]\w+$/.test(text) ? methodOf(text.replace(/^Method/, '')) : null;
    if (given !== null && given !== 'ANY') return [given];
  }
  return null;
}

/** The calls that stand behind a call whose arguments are parameters of the function around it. */
function listConcrete(
  call: CallExpression,
  place: Place,
  family: string,
  resolver: Resolver,
  depth: number,
): readonly GivenCall[] {
  const params = paramsAround(place, resolver);
  const used = params?.names.some((name) => usesName(call, name)) === true;
  if (params === null || !used) return [{ args: positional(call), place, call }];
  if (depth >= MAX_DEPTH) return [];
  return listCallers(params.at, family, resolver).flatMap((caller) =>
    listConcrete(caller.call, caller.place, family, resolver, depth + 1).map((given) => {
      const known = new Map(
        params.names.flatMap((name, index) => {
          const value = given.args[index];
          return value === undefined ? [] : [[name, { value, rest: given.args.slice(index) }] as const];
        }),
      );
      const textOf = (value: Expression) => constantOf(value, given.place, resolver);
      return { ...given, args: positional(call).map((value) => fill(value, known, textOf)) };
    }),
  );
}

type Known = ReadonlyMap<string, { readonly value: Expression; readonly rest: readonly Expression[] }>;

/** An expression with what is known in place of names: its text where it has one. */
function fill(
  expression: Expression,
  known: Known,
  textOf: (value: Expression) => string | null,
): Expression {
  const inner = (value: Expression) => fill(value, known, textOf);
  switch (expression.kind) {
    case 'name': {
      const found = known.get(expression.name)?.value;
      const text = found === undefined ? null : textOf(found);
      return text === null ? (found ?? expression) : stringOf(text);
    }
    case 'join':
      return { ...expression, parts: expression.parts.map(inner) };
    case 'call':
      return { ...expression, args: expression.args.map((one) => ({ ...one, value: inner(one.value) })) };
    case 'other': {
      // Go's `handlers...`: all that is left.
      const rest = known.get(expression.text.replace(/\.{3}$/, ''))?.rest;
      return rest === undefined ? expression : { kind: 'list', items: rest };
    }
    default:
      return expression;
  }
}

/** Parameters of the named function around a place; `null`: there is none, or it has none. */
function paramsAround(
  place: Place,
  resolver: Resolver,
): { readonly names: readonly string[]; readonly at: Place } | null {
  const { scopes } = resolver.program.facts(place.file);
  for (let scope = place.scope; scope > 0; scope = scopes[scope]?.parent ?? -1) {
    const fact = scopes[scope];
    if (fact === undefined || fact.kind !== 'function' || fact.symbol === null) continue;
    const own = fact.params[0]?.name === fact.self ? fact.params.slice(1) : fact.params;
    return own.length === 0 ? null : { names: own.map(({ name }) => name), at: { file: place.file, scope } };
  }
  return null;
}

function usesName(call: CallExpression, name: string): boolean {
  return positional(call).some((value) => {
    let found = false;
    walkExpression(value, (inner) => {
      if (inner.kind === 'name' && inner.name === name) found = true;
      if (inner.kind === 'other' && inner.text === `${name}...`) found = true;
    });
    return found;
  });
}
