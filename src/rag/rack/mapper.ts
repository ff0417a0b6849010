import type { Route } from '../../types-code.ts';
import {
  type BlockNames,
  blockOf,
  listBranchCalls,
  listRounds,
  listStatements,
  textAt,
} from '../block-language.ts';
import { positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** How a framework whose routes are blocks in a class body writes them. */
export interface BlockDialect {
  readonly framework: string;
  /** Calls with a block that put a path before what stands inside. */
  readonly groups: RegExp;
  /** Calls whose blocks are read as if they stood outside. */
  readonly open: RegExp;
  /** A route may have no path of its own. */
  readonly allowsNoPath: boolean;
}

const VERBS = /^(get|post|put|patch|delete|options|head)$/;
const MAX_DEPTH = 12;

/** Reads the routes that stand in a scope, below `prefix`. */
export function readBlockRoutes(
  place: Place,
  prefix: string,
  dialect: BlockDialect,
  resolver: Resolver,
  names: BlockNames = new Map(),
  depth = 0,
): readonly Route[] {
  if (depth > MAX_DEPTH) return [];
  const calls = listStatements(resolver.program.facts(place.file), place.scope).flatMap((value) => [
    ...listBranchCalls(value),
  ]);
  return calls.flatMap((call) => readCall(call, { place, prefix, dialect, resolver, names, depth }));
}

interface Reading {
  readonly place: Place;
  readonly prefix: string;
  readonly dialect: BlockDialect;
  readonly resolver: Resolver;
  readonly names: BlockNames;
  readonly depth: number;
}

function readCall(call: CallExpression, reading: Reading): readonly Route[] {
  const { place, prefix, dialect, resolver, names, depth } = reading;
  const block = blockOf(call);
  if (block === null) return [];
  const inside = (below: string, known: BlockNames) =>
    readBlockRoutes({ file: place.file, scope: block }, below, dialect, resolver, known, depth + 1);
  const rounds = listRounds(call, place, names, resolver);
  if (rounds !== null) return rounds.flatMap((round) => [...inside(prefix, round)]);
  const name = nameOnApp(call);
  const [first] = positional(call);
  const text = first?.kind === 'function' ? null : textAt(first, place, names, resolver);
  if (dialect.open.test(name)) return inside(prefix, names);
  if (dialect.groups.test(name)) {
    return inside(`${prefix}/${name === 'route_param' ? ':' : ''}${text ?? ''}`, names);
  }
  const hasPath = text !== null || (dialect.allowsNoPath && first?.kind === 'function');
  return VERBS.test(name) && hasPath ? toRoutes(call, name, `${prefix}/${text ?? ''}`, place, dialect) : [];
}

function toRoutes(
  call: CallExpression,
  verb: string,
  path: string,
  place: Place,
  { framework }: BlockDialect,
): Route[] {
  const range = { file: place.file, startLine: call.line, endLine: call.endLine };
  return variantsOf(path).map((variant) => ({
    framework,
    method: methodOf(verb) ?? 'ANY',
    path: toTemplate(joinPaths(variant).replace(/(?<=.)\/$/, ''), 'colon'),
    operationId: null,
    handler: range,
    handlerName: null,
    declaredAt: range,
  }));
}

/** A call in the class itself, or on the application that an extension is given. */
function nameOnApp({ callee }: CallExpression): string {
  if (callee.kind === 'name') return callee.name;
  const isGiven =
    callee.kind === 'member' && callee.of.kind === 'name' && /^(app|self|base)$/.test(callee.of.name);
  return isGiven ? callee.name : '';
}

/** `/orders/?`, `/orders.?:format?` and `/orders(/:id)?` answer without what is optional, the last also with it. */
function variantsOf(path: string): readonly string[] {
  const bare = path
    .replace(/\/\?$/, '')
    .replace(/\(?\.\??:format\??\)?\??$/, '')
    .replace(/\*(\w+)/g, ':$1')
    .replace(/\*/g, ':splat');
  // `/orders/?:id?`
  const last = /\/\??(:\w+)\?$/.exec(bare);
  if (last !== null) return [bare.slice(0, last.index), `${bare.slice(0, last.index)}/${last[1]}`];
  const optional = /\(([^()]*)\)\??/.exec(bare);
  if (optional === null) return [bare];
  const [whole, inner = ''] = optional;
  return [bare.replace(whole, ''), bare.replace(whole, inner)];
}
