import { stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { listMounted } from './mounted-functions.ts';
import type { RouterCall, RouterDialect } from './router-dialect.ts';
import type { RouterNode } from './router-node.ts';
import { listTableRounds, type TableRound } from './table-rounds.ts';

type RouteCall = RouterCall & { readonly does: 'route' };

/** A route that is declared on routers. */
export interface Declared {
  readonly said: RouteCall;
  readonly on: readonly RouterNode[];
  readonly place: Place;
  readonly call: CallExpression;
  /** Where the names of the handlers are seen. */
  readonly handledAt: Place;
  /** The decorated function. */
  readonly decorated: number | null;
}

/** What was said to which routers. */
export interface Spoken {
  readonly said: RouterCall;
  readonly on: readonly RouterNode[];
}

const NOTHING: RouteCall = { does: 'route', methods: [], path: null, handlers: [] };

/** Gives the routes that a call on a router declares: its own, its table's, or those of functions that it mounts. */
export function listDeclared(
  { said, on }: Spoken,
  call: CallExpression,
  place: Place,
  dialect: RouterDialect,
  resolver: Resolver,
): Declared[] {
  if (said.does === 'mount') {
    const { table: rows = null } = said;
    const own =
      rows === null ? [] : listTable({ ...NOTHING, table: rows }, on, call, place, dialect, resolver);
    return [...own, ...listAttributed(said, on, place, dialect, resolver)];
  }
  if (said.does !== 'route') return [];
  return said.table === undefined || said.table === null
    ? listOfRounds(said, on, call, place, resolver)
    : listTable(said, on, call, place, dialect, resolver);
}

function listTable(
  said: RouteCall,
  on: readonly RouterNode[],
  call: CallExpression,
  place: Place,
  dialect: RouterDialect,
  resolver: Resolver,
): Declared[] {
  const table = said.table ?? null;
  if (table === null) return [];
  const entries = dialect.openTable?.(table, place, resolver) ?? [];
  return entries.map(({ methods, place: handledAt, call: own = call, ...entry }) => {
    const handlers = entry.handlers.length > 0 ? entry.handlers : said.handlers;
    const path = entry.path ?? said.path;
    const operationId = entry.operationId ?? said.operationId ?? null;
    // One handler written in place is shown with the path that it answers.
    const whole = entries.length === 1 && handledAt.file === place.file && entry.exact !== true ? call : own;
    return {
      said: { ...said, methods, handlers, path, operationId },
      on,
      place,
      call: whole,
      handledAt,
      decorated: null,
    };
  });
}

/** The route itself, or one for each round of the loop that declares it. */
function listOfRounds(
  said: RouteCall,
  on: readonly RouterNode[],
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): Declared[] {
  const own = { said, on, place, call, handledAt: place, decorated: null };
  if (said.path === null) return [own];
  const rounds = listTableRounds([said.path, ...said.handlers], call, place, resolver);
  if (rounds === null) return [own];
  return rounds.flatMap((round) => {
    const path = said.path === null ? null : pathIn(round, said.path);
    const last = said.handlers.at(-1);
    const isOfRow = last !== undefined && round.speaksOf(last);
    const written = isOfRow ? round.writtenFor(last) : null;
    if (path === null || (isOfRow && written === null && last.kind !== 'function')) return [];
    const handlers = written === null ? said.handlers : [written.value];
    const handledAt = written?.place ?? place;
    return [{ ...own, said: { ...said, path, handlers }, handledAt }];
  });
}

/** One path, or each of a list. */
function pathIn(round: TableRound, path: Expression): Expression | null {
  if (path.kind === 'list') {
    const items = path.items.flatMap((item) => pathIn(round, item) ?? []);
    return items.length === 0 ? null : { kind: 'list', items };
  }
  const text = round.textOf(path);
  return text === null ? null : stringOf(text);
}

/** Functions that are mounted, and say by an attribute what they answer. */
function listAttributed(
  said: RouterCall & { readonly does: 'mount' },
  on: readonly RouterNode[],
  at: Place,
  dialect: RouterDialect,
  resolver: Resolver,
): Declared[] {
  const read = dialect.attribute;
  if (read === undefined) return [];
  const below = constantOf(said.prefix, at, resolver) ?? '';
  return listMounted(said.children, at, resolver).flatMap(({ file, index }) => {
    const { decorators, inScope } = resolver.program.symbol({ file, index });
    const place = { file, scope: inScope };
    return decorators.flatMap((call): Declared[] => {
      const own = call.kind === 'call' ? read(call) : null;
      if (own === null || call.kind !== 'call') return [];
      const route = below === '' ? own : { ...own, path: joined(below, own.path) };
      return [{ said: route, on, place, call, handledAt: place, decorated: index }];
    });
  });
}

function joined(below: string, path: Expression | null): Expression {
  return { kind: 'join', parts: [stringOf(below), stringOf('/'), path ?? stringOf('')] };
}
