import type { HttpMethod } from '../../types.ts';
import type { CodeRange, Route } from '../../types-code.ts';
import { lastName, positional, walkExpression } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts, MapExpression } from '../facts.ts';
import { answersRequests } from '../go-handlers.ts';
import { prefixOfRouter, prefixOfTable } from '../go-prefixes.ts';
import { findHandler } from '../handlers.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type Methods = readonly (HttpMethod | 'ANY')[];

/** A route as a call or a row of a table says it. */
interface Registered {
  readonly methods: Methods;
  readonly path: string;
  readonly handler: Expression;
  readonly place: Place;
  /** Where a row is no call. */
  readonly call: CallExpression | null;
}

/** `NewGetRoute`, `PostHandler`, `handleDelete`: a verb among words that registrars are named with. */
const WITH_VERB =
  /^(?:New|Add|Register|Handle)?(Get|Post|Put|Patch|Delete|Head|Options|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)(?:Route|Handler|HandlerFunc|Func|Endpoint|API)?$/;
const OPEN = /^(?:Add|Register|Handle|Route)(?:Route|Handler|HandlerFunc|Func|Endpoint|API|HTTP)?$/i;

/**
 * Go services with a registrar or a router of their own: calls and tables that name a path, a method and a function that
 * takes a request, such as `reg.Register(http.MethodGet, "/stats", s.stats)` and `{"GET", "/stats", s.stats}`.
 */
export default defineRouteFinder({
  framework: 'go-registered',
  find(resolver, before) {
    const known = new Set(
      before.flatMap(({ handler, declaredAt }) => [startOf(handler), startOf(declaredAt)]),
    );
    return resolver.program.filesOf('go').flatMap(([file, facts]) => {
      if (file.endsWith('_test.go')) return [];
      const found = [...listRows(file, facts, resolver), ...listCalls(file, facts, resolver)];
      // What a framework's own finder has seen is known with its prefixes.
      return found
        .filter(saysEnough)
        .flatMap((one) => routesOf(one, resolver))
        .filter(({ handler, declaredAt }) => !known.has(startOf(handler)) && !known.has(startOf(declaredAt)));
    });
  },
});

function startOf({ file, startLine }: CodeRange): string {
  return `${file}:${startLine}`;
}

/** Below a prefix that is not known, a path of parameters alone would answer for anything. */
function saysEnough({ path }: Registered): boolean {
  return /[a-z]/i.test(path.replace(/\{[^}]*\}|:\w+/g, ''));
}

function routesOf({ methods, path, handler, place, call }: Registered, resolver: Resolver): Route[] {
  const scope =
    handler.kind === 'function' ? resolver.program.facts(place.file).scopes[handler.scope] : undefined;
  const inPlace =
    scope === undefined ? null : { file: place.file, startLine: scope.startLine, endLine: scope.endLine };
  const named = inPlace === null && call !== null ? findHandler([handler], call, place, resolver) : null;
  const found =
    inPlace === null ? (named ?? ofRow(handler, place, resolver)) : { range: inPlace, name: null };
  if (found === null) return [];
  const declaredAt =
    call === null ? found.range : { file: place.file, startLine: call.line, endLine: call.endLine };
  const template = toTemplate(joinPaths(path), 'colon-or-braces');
  return methods.map((method) => ({
    framework: 'go-registered',
    method,
    path: template,
    operationId: null,
    handler: found.range,
    handlerName: found.name,
    declaredAt,
  }));
}

/** A handler in a row that is no call: where it stands does not matter, since it has a name. */
function ofRow(handler: Expression, place: Place, resolver: Resolver) {
  const call: CallExpression =
    handler.kind === 'call'
      ? handler
      : { kind: 'call', callee: handler, args: [], line: 0, endLine: 0, at: 0 };
  return findHandler([handler], call, place, resolver);
}

function listCalls(file: string, { calls }: FileFacts, resolver: Resolver): Registered[] {
  return calls.flatMap(({ scope, call }): Registered[] => {
    const name = lastName(call.callee) ?? '';
    const args = positional(call);
    const place = { file, scope };
    if (args.length < 2) return [];
    const verb = args.flatMap((item) => methodIn(item) ?? [])[0] ?? verbOf(name);
    if (verb === null) return [];
    const said = pathIn(args, place, resolver);
    const at = args.findLastIndex((item) => item !== said?.item && answersRequests(item, place, resolver));
    const handler = args[at];
    // A handler of a library may stand behind what goes ahead of it.
    const isUnsure = args.slice(at + 1).some((item) => isForeign(item, place, resolver));
    if (said === null || handler === undefined || isUnsure) return [];
    const below =
      call.callee.kind === 'member'
        ? prefixOfRouter(call.callee.of, { ...place, line: call.line }, resolver)
        : '';
    return [{ methods: [said.verb ?? verb], path: joinPaths(below, said.path), handler, place, call }];
  });
}

function isForeign(item: Expression, place: Place, resolver: Resolver): boolean {
  if (item.kind !== 'member' && item.kind !== 'name') return false;
  const found = resolver.evaluate(item, place);
  return found.length === 0 || found.some(({ kind }) => kind === 'external');
}

function verbOf(name: string): HttpMethod | 'ANY' | null {
  const verb = WITH_VERB.exec(name)?.[1];
  if (verb !== undefined) return methodOf(verb);
  return OPEN.test(name) ? 'ANY' : null;
}

/** `"GET"`, `http.MethodGet`, `strings.ToUpper("get")`. */
function methodIn(item: Expression): HttpMethod | 'ANY' | null {
  if (item.kind === 'string') return /^[A-Z]+$/.test(item.value) ? methodOf(item.value) : null;
  if (item.kind === 'member' || item.kind === 'name')
    return /^Method[A-Z]/.test(item.name) ? methodOf(item.name.slice('Method'.length)) : null;
  const [only] = item.kind === 'call' && lastName(item.callee) === 'ToUpper' ? positional(item) : [];
  return only?.kind === 'string' ? methodOf(only.value) : null;
}

function isPutTogether(callee: Expression): boolean {
  return /^(Sprintf|Join)$/.test(lastName(callee) ?? '');
}

/** The first argument that is a path; `"GET /orders"` says the method too. */
function pathIn(items: readonly Expression[], place: Place, resolver: Resolver) {
  for (const item of items) {
    const isText = ['string', 'join', 'name', 'member'].includes(item.kind);
    if (!isText && !(item.kind === 'call' && isPutTogether(item.callee))) continue;
    // What callers give for a parameter would take long to ask, and is none of this route's alone.
    const isNamed = item.kind === 'name' || item.kind === 'member';
    if (isNamed && resolver.evaluate(item, place).some(({ kind }) => kind !== 'value')) continue;
    const [, verb, path] = /^(?:([A-Z]+) )?(\/.*)$/.exec(constantOf(item, place, resolver) ?? '') ?? [];
    if (path === undefined) continue;
    return { item, path, verb: verb === undefined ? null : methodOf(verb) };
  }
  return null;
}

function listRows(file: string, facts: FileFacts, resolver: Resolver): Registered[] {
  const values = [
    ...facts.statements.map((statement) => ({ ...statement, table: null })),
    ...facts.bindings.flatMap((table) =>
      table.value === null ? [] : [{ scope: table.from, value: table.value, table }],
    ),
    ...facts.scopes.flatMap(({ returns }, scope) => returns.map((value) => ({ scope, value, table: null }))),
  ];
  return values.flatMap(({ scope, value, table }) => {
    const place = { file, scope };
    const found: Registered[] = [];
    let prefix = '';
    walkExpression(value, (inner) => {
      // go-zero: `server.AddRoutes([]rest.Route{…}, rest.WithPrefix("/v1"))`
      if (inner.kind === 'call') prefix = prefixIn(inner, place, resolver) ?? prefix;
      if (inner.kind === 'map') found.push(...rowsOf(inner, prefix, place, resolver));
    });
    if (found.length === 0 || table === null) return found;
    const below = prefixOfTable(table, file, resolver);
    return found.map((one) => ({ ...one, path: joinPaths(below, one.path) }));
  });
}

function prefixIn(call: CallExpression, place: Place, resolver: Resolver): string | null {
  for (const { value } of call.args) {
    if (value.kind !== 'call' || lastName(value.callee) !== 'WithPrefix') continue;
    return constantOf(positional(value)[0] ?? null, place, resolver);
  }
  return lastName(call.callee) === 'AddRoutes' ? '' : null;
}

function rowsOf(row: MapExpression, prefix: string, place: Place, resolver: Resolver): Registered[] {
  const byPath = row.entries.flatMap(({ key, value }): Registered[] =>
    /^\/\w/.test(key) && answersRequests(value, place, resolver)
      ? [{ methods: ['ANY'], path: key, handler: value, place, call: null }]
      : [],
  );
  if (byPath.length > 0) return byPath;
  const items = row.entries.map(({ value }) => value);
  const methods = items.flatMap((item) =>
    item.kind === 'list' ? item.items.flatMap((one) => methodIn(one) ?? []) : (methodIn(item) ?? []),
  );
  const path = methods.length === 0 ? null : pathOfRow(row, place, resolver);
  const handler =
    path === null ? undefined : items.findLast((item) => answersRequests(item, place, resolver));
  if (path === null || handler === undefined) return [];
  return [{ methods, path: joinPaths(prefix, path), handler, place, call: null }];
}

/** A field that is named so may hold a path without its slash. */
function pathOfRow({ entries }: MapExpression, place: Place, resolver: Resolver): string | null {
  const named = entries.find(({ key }) => /^(path|route|pattern|url)$/i.test(key))?.value ?? null;
  const text = constantOf(named, place, resolver);
  if (text !== null && /^[\w{:]/.test(text)) return `/${text}`;
  const values = entries.map(({ value }) => value);
  return pathIn(values, place, resolver)?.path ?? null;
}
