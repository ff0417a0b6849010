import { positional, walkExpression } from './expressions.ts';
import type { Binding, Expression } from './facts.ts';
import { listArguments } from './names/arguments.ts';
import { constantOf } from './names/constants.ts';
import type { Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

const MAX_DEPTH = 8;
/** What routers of Go, whosever they are, call a group with a path. */
const GROUPS = /^(Group|PathPrefix|Route|Party|Namespace|Prefix|Sub|SubRouter|Subrouter|Mount)$/;

/** A place, and the line by which a name that is bound there anew is told. */
interface LinePlace extends Place {
  readonly line: number;
  /** What is bound to something of its own name stands in a block, and is not meant. */
  readonly isOuter?: boolean;
}

/**
 * The path before the routes that are said to `router` at `place`, by the names that groups have: `api := r.Group("/api")`,
 * `r.Route("/api", func(r Router) {…})`, and what the only caller gives. Empty: none is known.
 */
export function prefixOfRouter(router: Expression, place: LinePlace, resolver: Resolver, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  if (router.kind === 'call') return ofCall(router, place, resolver, depth);
  if (router.kind !== 'name') return '';
  const { scopes } = resolver.program.facts(place.file);
  for (let scope = place.scope; scope > 0; scope = scopes[scope]?.parent ?? -1) {
    const at = { file: place.file, scope };
    // Blocks one after the other may use one name again, also for what is made of the one around them.
    const isOwn = (binding: Binding) => binding.value !== null && speaksOf(binding.value, router.name);
    const bound = resolver.program
      .bindingsOf(at, router.name)
      .findLast(
        (one) =>
          one.value?.kind === 'call' && one.line <= place.line && !(place.isOuter === true && isOwn(one)),
      );
    if (bound?.value?.kind === 'call') {
      const { value, from, line } = bound;
      const inner = {
        file: place.file,
        scope: from,
        line: isOwn(bound) ? line - 1 : line,
        isOuter: isOwn(bound),
      };
      return prefixOfRouter(value, inner, resolver, depth + 1);
    }
    const index = scopes[scope]?.params.findIndex(({ name }) => name === router.name) ?? -1;
    if (index >= 0) return ofParam(at, index, resolver, depth);
  }
  return '';
}

/** The path before the rows of the table that `name` holds: that of the router which a loop over them speaks to. */
export function prefixOfTable(table: Binding, file: string, resolver: Resolver): string {
  const { bindings, calls } = resolver.program.facts(file);
  const loop = bindings.find(
    ({ value, from, line }) =>
      value?.kind === 'each' &&
      value.of.kind === 'name' &&
      value.of.name === table.name &&
      from === table.from &&
      line >= table.line,
  );
  if (loop === undefined) return '';
  // The next loop over another table binds the name anew.
  const end = bindings.find(({ name, line }) => name === loop.name && line > loop.line)?.line;
  const prefixes = calls.map(({ scope, call }) => {
    const isInside = call.line >= loop.line && call.line < (end ?? Number.MAX_SAFE_INTEGER);
    const isSaid = isInside && call.args.some(({ value }) => speaksOf(value, loop.name));
    if (!isSaid || call.callee.kind !== 'member') return '';
    return prefixOfRouter(call.callee.of, { file, scope, line: call.line }, resolver);
  });
  return prefixes.find((prefix) => prefix !== '') ?? '';
}

function ofCall(
  call: Expression & { readonly kind: 'call' },
  place: LinePlace,
  resolver: Resolver,
  depth: number,
): string {
  if (call.callee.kind !== 'member') return '';
  const above = prefixOfRouter(call.callee.of, place, resolver, depth + 1);
  const [first = null] = positional(call);
  const own = GROUPS.test(call.callee.name) ? constantOf(first, place, resolver) : null;
  return own?.startsWith('/') ? `${above}${own.replace(/\/$/, '')}` : above;
}

/** Of a function written in place, the call that it is given to; of a named one, its callers where they agree. */
function ofParam(at: Place, index: number, resolver: Resolver, depth: number): string {
  const { program } = resolver;
  const around = program
    .facts(at.file)
    .calls.find(({ call }) =>
      call.args.some(({ value }) => value.kind === 'function' && value.scope === at.scope),
    );
  if (around !== undefined) {
    const { scope, call } = around;
    return prefixOfRouter(call, { file: at.file, scope, line: call.line }, resolver, depth + 1);
  }
  const given = listArguments({ kind: 'param', ...at, index }, 'go', resolver);
  const found = new Set(
    given.map(({ expression, place }) => {
      const line = expression.kind === 'call' ? expression.line : Number.MAX_SAFE_INTEGER;
      return prefixOfRouter(expression, { ...place, line }, resolver, depth + 1);
    }),
  );
  const [only = ''] = found.size === 1 ? found : [];
  return only;
}

function speaksOf(expression: Expression, name: string): boolean {
  let found = false;
  walkExpression(expression, (inner) => {
    if (inner.kind === 'name' && inner.name === name) found = true;
  });
  return found;
}
