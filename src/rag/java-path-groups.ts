import { lastName, positional } from './expressions.ts';
import type { CallExpression, Expression, FileFacts } from './facts.ts';
import { listCallers } from './names/arguments.ts';
import { constantOf } from './names/constants.ts';
import type { Entity, Place } from './names/entity.ts';
import { scopeOf } from './names/lookups.ts';
import type { Resolver } from './names/resolver.ts';

const MAX_DEPTH = 12;

/** By the scope of the function that fills it (`file scope`): a `path("orders", () -> …)` and where it stands. */
export type PathGroups = ReadonlyMap<string, PathGroup>;

interface PathGroup {
  /** `null`: it is computed, so that nothing below it is known. */
  readonly prefix: string | null;
  readonly place: Place;
}

/** The groups of files whose routes stand in functions below a path, as Javalin and Spark write them. */
export function listPathGroups(
  files: readonly { readonly file: string; readonly facts: FileFacts }[],
  resolver: Resolver,
): PathGroups {
  const groups = new Map<string, PathGroup>();
  for (const { file, facts } of files) {
    for (const { scope, call } of facts.calls) {
      const [first] = positional(call);
      if (lastName(call.callee) !== 'path' || call.args.length !== 2) continue;
      const place = { file, scope };
      const prefix = first === undefined ? null : pathTextOf(first, place, resolver);
      for (const filled of filledBy(call, place, resolver)) {
        groups.set(`${filled.file} ${filled.scope}`, { prefix, place });
      }
    }
  }
  return groups;
}

/** The text of a path, also where a method without arguments gives it: `controllerBasePath()`. */
export function pathTextOf(path: Expression, place: Place, resolver: Resolver): string | null {
  const own = constantOf(path, place, resolver);
  if (own !== null || path.kind !== 'call' || path.args.length > 0) return own;
  const given = resolver.values.results({ kind: 'value', ...place, value: path });
  const [text = null] = given.flatMap((one) =>
    one.kind === 'value' ? (constantOf(one.value, one, resolver) ?? []) : [],
  );
  return text;
}

/** Scopes of what fills a group: a lambda, a method, or a class with `addEndpoints`. */
function filledBy(call: CallExpression, place: Place, resolver: Resolver): Place[] {
  const filler = positional(call)[1];
  if (filler === undefined) return [];
  if (filler.kind === 'function') return [{ file: place.file, scope: filler.scope }];
  return resolver.evaluate(filler, place).flatMap((entity) => {
    const own = scopeOf(entity, resolver.program);
    if (own !== null) return [own];
    const types: readonly Entity[] = resolver.types.of(entity);
    return types
      .flatMap((type) => [...resolver.member(type, 'addEndpoints')])
      .flatMap((member) => scopeOf(member, resolver.program) ?? []);
  });
}

/** What stands before the paths of routes that are declared at `place`: one prefix for each way that leads there. */
export function prefixesAt(
  place: Place,
  groups: PathGroups,
  resolver: Resolver,
  depth = 0,
): readonly string[] {
  if (depth > MAX_DEPTH) return [''];
  const { scopes } = resolver.program.facts(place.file);
  for (let scope = place.scope; scope > 0; scope = scopes[scope]?.parent ?? -1) {
    const group = groups.get(`${place.file} ${scope}`);
    if (group !== undefined) {
      if (group.prefix === null) return [];
      const above = prefixesAt(group.place, groups, resolver, depth + 1);
      return above.map((prefix) => `${prefix}/${group.prefix}`);
    }
    const fact = scopes[scope];
    if (fact?.kind !== 'function' || fact.symbol === null) continue;
    const callers = listCallers({ file: place.file, scope }, 'java', resolver);
    const found = callers.flatMap((caller) => [...prefixesAt(caller.place, groups, resolver, depth + 1)]);
    return callers.length > 0 ? [...new Set(found)] : [''];
  }
  return [''];
}
