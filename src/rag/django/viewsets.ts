import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { listTableRounds } from '../routers/table-rounds.ts';
import { baseOf, listRouters } from './routers.ts';

interface Action {
  readonly name: string;
  readonly method: HttpMethod;
  readonly isDetail: boolean;
}

const ACTIONS: readonly Action[] = [
  { name: 'list', method: 'GET', isDetail: false },
  { name: 'create', method: 'POST', isDetail: false },
  { name: 'retrieve', method: 'GET', isDetail: true },
  { name: 'update', method: 'PUT', isDetail: true },
  { name: 'partial_update', method: 'PATCH', isDetail: true },
  { name: 'destroy', method: 'DELETE', isDetail: true },
];

/** Actions that base classes answer without their being written. */
const GIVEN_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  ModelViewSet: ACTIONS.map((action) => action.name),
  ReadOnlyModelViewSet: ['list', 'retrieve'],
  ListModelMixin: ['list'],
  CreateModelMixin: ['create'],
  RetrieveModelMixin: ['retrieve'],
  UpdateModelMixin: ['update', 'partial_update'],
  DestroyModelMixin: ['destroy'],
};

type ClassEntity = Entity & { readonly kind: 'symbol' };

/** Routes of a Django REST framework router: those of each view set that is registered with it. */
export function listViewSetRoutes(
  router: Expression,
  place: Place,
  prefix: string,
  resolver: Resolver,
): Route[] {
  const routers = listRouters(router, place, resolver);
  return resolver.program.callsNamed('register', 'python').flatMap(({ file, placed }) => {
    const { call, scope } = placed;
    const at = { file, scope };
    if (call.callee.kind !== 'member') return [];
    const base = baseOf(call.callee.of, at, routers, resolver);
    const [first = null, second = null] = positional(call);
    const [name, type] = [first ?? keyword(call, 'prefix'), second ?? keyword(call, 'viewset')];
    if (base === null || name === null || type === null) return [];
    // `for prefix, view_set in [("orders", OrderViewSet)]:` around it registers each row.
    const rounds = listTableRounds([name, type], call, at, resolver) ?? [null];
    return rounds.flatMap((round) => {
      const path = round?.textOf(name) ?? (round === null ? constantOf(name, at, resolver) : null);
      const meant = round === null ? resolver.evaluate(type, at) : round.entitiesOf(type);
      if (path === null) return [];
      const below = joinPaths(prefix, base, toTemplate(path, 'regex'));
      return meant.flatMap((entity) =>
        entity.kind === 'symbol' ? routesOf(entity, below, call, file, resolver) : [],
      );
    });
  });
}

function routesOf(
  viewSet: ClassEntity,
  base: string,
  call: CallExpression,
  file: string,
  resolver: Resolver,
): Route[] {
  const { program } = resolver;
  const given = new Set(givenActions(viewSet, resolver, 0));
  const lookup = lookupName(viewSet, resolver);
  const toRoute = (action: Action, below: string): Route => {
    const [member] = resolver.types.member(viewSet, action.name);
    const handler = member?.kind === 'symbol' ? member : viewSet;
    const { startLine, endLine } = program.symbol(handler);
    const path = joinPaths(base, action.isDetail ? `{${lookup}}` : '', below, '/');
    return {
      framework: 'django',
      method: action.method,
      path: path.endsWith('/') ? path : `${path}/`,
      operationId: null,
      handler: { file: handler.file, startLine, endLine },
      handlerName: action.name,
      declaredAt: { file, startLine: call.line, endLine: call.endLine },
    };
  };
  const standard = ACTIONS.filter(
    ({ name }) =>
      given.has(name) || resolver.types.member(viewSet, name).some((member) => member.kind === 'symbol'),
  ).map((action) => toRoute(action, ''));
  const extra = extraActions(viewSet, resolver).map(({ action, below }) => toRoute(action, below));
  const allowed = allowedMethods(viewSet, resolver);
  return [...standard, ...extra].filter(({ method }) => allowed?.includes(method) ?? true);
}

/** Methods that `http_method_names` leaves to a view set; `null`: all. */
function allowedMethods(viewSet: ClassEntity, resolver: Resolver): readonly Route['method'][] | null {
  for (const entity of resolver.types.member(viewSet, 'http_method_names')) {
    if (entity.kind !== 'value' || entity.value.kind !== 'list') continue;
    const names = entity.value.items.map((item) => constantOf(item, entity, resolver));
    // A list with parts that are computed says nothing.
    if (names.every((name) => name !== null)) return names.flatMap((name) => methodOf(name) ?? []);
  }
  return null;
}

/** Methods with `@action(detail=…, methods=[…], url_path=…)` of a view set and its bases. */
function extraActions(
  viewSet: ClassEntity,
  resolver: Resolver,
  depth = 0,
): readonly { readonly action: Action; readonly below: string }[] {
  const owner = resolver.program.symbol(viewSet);
  const { symbols } = resolver.program.facts(viewSet.file);
  const members = symbols.filter((symbol) => symbol.inScope === owner.scope);
  const own = members.flatMap((symbol) => actionsOf(symbol, members, viewSet.file, resolver));
  const bases = depth > 5 ? [] : resolver.types.basesOf(viewSet);
  const inherited = bases.flatMap((base) => [
    ...extraActions({ ...base, kind: 'symbol' }, resolver, depth + 1),
  ]);
  return [...own, ...inherited.filter(({ action }) => !members.some(({ name }) => name === action.name))];
}

function actionsOf(
  symbol: SymbolFact,
  members: readonly SymbolFact[],
  file: string,
  resolver: Resolver,
): readonly { readonly action: Action; readonly below: string }[] {
  const place = { file, scope: symbol.inScope };
  return symbol.decorators.flatMap((decorator) => {
    const mapped = mappedMethod(decorator);
    // `@pay.mapping.delete`: another method at the path of `pay`.
    const at = mapped === null ? symbol : members.find(({ name }) => name === mapped.of);
    const mark = mapped === null ? decorator : at?.decorators.find((one) => isAction(one));
    if (at === undefined || mark?.kind !== 'call' || !isAction(mark)) return [];
    const detail = keyword(mark, 'detail');
    const isDetail = detail?.kind === 'other' && detail.text === 'True';
    const below = constantOf(keyword(mark, 'url_path'), place, resolver) ?? at.name;
    const list = keyword(mark, 'methods');
    const names = list?.kind === 'list' ? list.items : [];
    const stated = names.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
    const methods = mapped === null ? (stated.length > 0 ? stated : (['GET'] as const)) : [mapped.method];
    return methods.flatMap((method) =>
      method === 'ANY'
        ? []
        : [{ action: { name: symbol.name, method, isDetail }, below: toTemplate(below, 'regex') }],
    );
  });
}

function isAction(decorator: Expression): boolean {
  return decorator.kind === 'call' && lastName(decorator.callee) === 'action';
}

function mappedMethod(decorator: Expression): { readonly of: string; readonly method: HttpMethod } | null {
  if (decorator.kind !== 'member' || decorator.of.kind !== 'member' || decorator.of.name !== 'mapping')
    return null;
  const [of, method] = [lastName(decorator.of.of), methodOf(decorator.name)];
  return of === null || method === null || method === 'ANY' ? null : { of, method };
}

function givenActions(viewSet: ClassEntity, resolver: Resolver, depth: number): readonly string[] {
  if (depth > 5) return [];
  const own = resolver.program
    .symbol(viewSet)
    .bases.flatMap((base) => GIVEN_ACTIONS[lastName(base) ?? ''] ?? []);
  const inherited = resolver.types
    .basesOf(viewSet)
    .flatMap((base) => givenActions({ ...base, kind: 'symbol' }, resolver, depth + 1));
  return [...own, ...inherited];
}

function lookupName(viewSet: ClassEntity, resolver: Resolver): string {
  for (const name of ['lookup_url_kwarg', 'lookup_field']) {
    for (const entity of resolver.types.member(viewSet, name)) {
      if (entity.kind === 'value' && entity.value.kind === 'string') return entity.value.value;
    }
  }
  return 'id';
}
