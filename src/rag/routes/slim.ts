import type { Route } from '../../types-code.ts';
import { blockOf, listBranchCalls, listStatements, textAt, textsAt } from '../block-language.ts';
import { documentedId } from '../documented-ids.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, FileFacts } from '../facts.ts';
import type { Handler } from '../handlers.ts';
import { findAction } from '../laravel/actions.ts';
import { UNGROUPED } from '../laravel/group.ts';
import { chainOfCalls } from '../names/call-chain.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { listTableRounds } from '../routers/table-rounds.ts';

const ROUTERS = /^\$(app|group|g|router|route|routes|api|proxy|this)$/;
/** PHP does not tell capitals apart. */
const VERBS = /^(get|post|put|patch|delete|options|any|map)$/i;
const MAX_DEPTH = 12;

/** Slim: `$app->get('/x', Handler::class)` and groups, in an application that uses `Slim\`. */
export default defineRouteFinder({
  framework: 'slim',
  find(resolver) {
    const usesSlim = resolver.program
      .filesOf('php')
      .some(([, { imports }]) => imports.some(({ module }) => module.startsWith('Slim\\')));
    if (!usesSlim) return [];
    const base = basePath(resolver);
    return resolver.program.filesOf('php').flatMap(([file, facts]) => {
      const groups = groupScopes(facts);
      const scopes = new Set(facts.calls.flatMap(({ scope, call }) => (isOnRouter(call) ? scope : [])));
      return [...scopes]
        .filter((scope) => !isInside(scope, groups, facts))
        .flatMap((scope) => readRoutes({ file, scope }, base, resolver, 0));
    });
  },
});

function readRoutes(place: Place, prefix: string, resolver: Resolver, depth: number): readonly Route[] {
  if (depth > MAX_DEPTH) return [];
  const calls = listStatements(resolver.program.facts(place.file), place.scope).flatMap((value) => [
    ...listBranchCalls(value),
  ]);
  return calls.flatMap((call) => {
    const chain = chainOfCalls(call);
    const first = chain?.links[0];
    if (first === undefined || !isOnRouter(first.call)) return [];
    const given = positional(first.call);
    const isMap = first.name.toLowerCase() === 'map';
    const [path, action] = isMap ? given.slice(1) : given;
    if (first.name === 'group') {
      const text = textAt(path, place, new Map(), resolver);
      const block = blockOf(first.call);
      if (block === null || text === null) return [];
      return readRoutes({ file: place.file, scope: block }, prefix + text, resolver, depth + 1);
    }
    const verbs = isMap ? textsAt(given[0], place, new Map(), resolver) : [first.name];
    const methods = verbs.flatMap((verb) => methodOf(verb) ?? []);
    const written = [path, action].flatMap((one) => one ?? []);
    // `foreach ($endpoints as [$path, $class])` around it declares one route for each row.
    const rounds = listTableRounds(written, first.call, place, resolver) ?? [null];
    return rounds.flatMap((round) => {
      const [own, target] = round === null ? written : written.map((one) => round.substituted(one));
      const text = textAt(own, place, new Map(), resolver);
      // `Handler::class . ':show'` and `'Handler:show'` are written with one colon.
      const handler = findAction(target, first.call, UNGROUPED, place, resolver);
      return text === null || handler === null
        ? []
        : toRoutes(prefix + text, methods, handler, first.call, place, resolver);
    });
  });
}

function toRoutes(
  path: string,
  methods: readonly Route['method'][],
  handler: Handler,
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): Route[] {
  return methods.flatMap((method) =>
    variantsOf(path).map((variant) => ({
      framework: 'slim',
      method,
      path: toTemplate(joinPaths(variant), 'braces'),
      operationId: documentedId(handler.range, resolver.program),
      handler: handler.range,
      handlerName: handler.name,
      declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
    })),
  );
}

function isOnRouter({ callee }: CallExpression): boolean {
  if (callee.kind !== 'member' || callee.of.kind !== 'name') return false;
  return ROUTERS.test(callee.of.name) && (VERBS.test(callee.name) || callee.name === 'group');
}

/** Closures of groups, which are read where the group is. */
function groupScopes(facts: FileFacts): ReadonlySet<number> {
  return new Set(
    facts.calls.flatMap(({ call }) => {
      const block =
        isOnRouter(call) && call.callee.kind === 'member' && call.callee.name === 'group'
          ? blockOf(call)
          : null;
      return block ?? [];
    }),
  );
}

function isInside(scope: number, groups: ReadonlySet<number>, { scopes }: FileFacts): boolean {
  for (let at = scope; at > 0; at = scopes[at]?.parent ?? -1) if (groups.has(at)) return true;
  return false;
}

function basePath(resolver: Resolver): string {
  for (const { file, placed } of resolver.program.callsNamed('setBasePath', 'php')) {
    const text = textAt(positional(placed.call)[0], { file, scope: placed.scope }, new Map(), resolver);
    if (text !== null) return text;
  }
  return '';
}

/** `/users[/{id}]` without and with what is optional. */
function variantsOf(path: string): readonly string[] {
  const optional = /\[([^[\]{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^[\]{}]*)*)\]$/.exec(path);
  if (optional === null) return [path];
  const before = path.slice(0, optional.index);
  return [before, before + (optional[1] ?? '')];
}
