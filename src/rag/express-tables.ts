import type { Place } from './entity.ts';
import { entryOf, positional } from './expressions.ts';
import type { CallExpression, Expression } from './facts.ts';
import type { Resolver } from './resolver.ts';
import type { FoundMount } from './router-dialect.ts';

const LOOPS = ['forEach', 'map'];

/**
 * Routers that are mounted from a table in a loop:
 * `routes.forEach((route) => { router.use(route.path, route.router); })`.
 */
export function listTableMounts(
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): readonly FoundMount[] {
  const [path, ...others] = positional(call);
  const row = rowOf(path);
  const columns = others.flatMap((other) =>
    rowOf(other) === row && other.kind === 'member' ? [other.name] : [],
  );
  if (row === null || path?.kind !== 'member' || columns.length === 0) return [];
  const { params } = resolver.program.facts(place.file).scopes[place.scope] ?? { params: [] };
  if (params[0]?.name !== row) return [];
  return tablesOf(place, resolver).flatMap(({ table, at }) =>
    resolver.values.items(table, at).flatMap((item) => {
      const prefix = item.kind === 'value' ? entryOf(item.value, path.name) : null;
      if (prefix?.kind !== 'string') return [];
      return columns.flatMap((column) => resolver.member(item, column).map((child) => ({ prefix, child })));
    }),
  );
}

/** The name before the dot: `route` of `route.path`. */
function rowOf(expression: Expression | undefined): string | null {
  return expression?.kind === 'member' && expression.of.kind === 'name' ? expression.of.name : null;
}

/** What the loops go over whose body is the function at `place`. */
function tablesOf(place: Place, { program }: Resolver): { readonly table: Expression; readonly at: Place }[] {
  return LOOPS.flatMap((name) => program.callsNamed(name, 'javascript')).flatMap(({ file, placed }) => {
    const { callee, args } = placed.call;
    const body = args[0]?.value;
    const isBody = file === place.file && body?.kind === 'function' && body.scope === place.scope;
    return isBody && callee.kind === 'member'
      ? [{ table: callee.of, at: { file, scope: placed.scope } }]
      : [];
  });
}
