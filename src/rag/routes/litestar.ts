import type { Route } from '../../types-code.ts';
import { keyword, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import { type Entity, keyOf, type Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const MAX_DEPTH = 8;

/** Where handlers, controllers and routers hang, by what hangs there. */
type Parents = ReadonlyMap<string, readonly { readonly prefix: string; readonly key: string }[]>;

/** Litestar: `@get(path)` functions and methods of controllers, in `Router` and `Litestar(route_handlers=[…])`. */
export default defineRouteFinder({
  framework: 'litestar',
  find(resolver) {
    const { program } = resolver;
    if (!program.usesModule('litestar', 'python')) return [];
    const parents = listParents(resolver);
    return program.filesOf('python').flatMap(([file, { symbols }]) =>
      symbols.flatMap((symbol, index) => {
        const place = { file, scope: symbol.inScope };
        return symbol.decorators.flatMap((decorator) => {
          if (decorator.kind !== 'call') return [];
          const methods = methodsOf(decorator, place, resolver);
          if (methods.length === 0) return [];
          const prefixes = prefixesOf({ kind: 'symbol', file, index }, symbol, parents, resolver);
          return routesOf(decorator, methods, prefixes, symbol, place, resolver);
        });
      }),
    );
  },
});

function methodsOf(decorator: CallExpression, place: Place, resolver: Resolver): readonly Route['method'][] {
  for (const entity of resolver.evaluate(decorator.callee, place)) {
    const name =
      entity.kind === 'external'
        ? /^(litestar|starlite)\.(?:\w+\.)*(\w+)$/.exec(entity.name)?.[2]
        : undefined;
    if (name === undefined) continue;
    if (name !== 'route') return [methodOf(name) ?? []].flat();
    const given = keyword(decorator, 'http_method');
    const items = given?.kind === 'list' ? given.items : given === null ? [] : [given];
    return items.flatMap(
      (item) => methodOf(item.kind === 'member' ? item.name : item.kind === 'string' ? item.value : '') ?? [],
    );
  }
  return [];
}

function routesOf(
  decorator: CallExpression,
  methods: readonly Route['method'][],
  prefixes: readonly string[],
  { name, startLine, endLine }: SymbolFact,
  place: Place,
  resolver: Resolver,
): Route[] {
  const operationId = constantOf(keyword(decorator, 'operation_id'), place, resolver);
  const own = textsOf(positional(decorator)[0] ?? keyword(decorator, 'path'), place, resolver);
  return prefixes.flatMap((prefix) =>
    own.flatMap((path) =>
      methods.map((method) => ({
        framework: 'litestar',
        method,
        path: toTemplate(joinPaths(prefix, path), 'braces'),
        operationId,
        handler: { file: place.file, startLine, endLine },
        handlerName: name,
        declaredAt: { file: place.file, startLine: decorator.line, endLine: decorator.endLine },
      })),
    ),
  );
}

/** Prefixes of a function, or of the controller that it is a method of. */
function prefixesOf(
  own: Entity,
  { inScope }: SymbolFact,
  parents: Parents,
  resolver: Resolver,
): readonly string[] {
  if (own.kind !== 'symbol') return [];
  const index = resolver.program.classAround({ file: own.file, scope: inScope });
  if (index === null) return reach(keyOf(own), parents, 0);
  const owner = { kind: 'symbol', file: own.file, index } as const;
  const [member] = resolver.types.member(owner, 'path');
  const base = member?.kind === 'value' ? (constantOf(member.value, member, resolver) ?? '') : '';
  return reach(keyOf(owner), parents, 0).map((prefix) => joinPaths(prefix, base));
}

function reach(key: string, parents: Parents, depth: number): readonly string[] {
  const above = depth > MAX_DEPTH ? [] : (parents.get(key) ?? []);
  if (above.length === 0) return [''];
  return above.flatMap(({ prefix, key: next }) =>
    reach(next, parents, depth + 1).map((outer) => joinPaths(outer, prefix)),
  );
}

function listParents(resolver: Resolver): Parents {
  const parents = new Map<string, { readonly prefix: string; readonly key: string }[]>();
  for (const name of ['Router', 'Litestar', 'Starlite']) {
    for (const { file, placed } of resolver.program.callsNamed(name, 'python')) {
      const { call, scope } = placed;
      const place = { file, scope };
      const [first = null] = positional(call);
      const list = keyword(call, 'route_handlers') ?? (name === 'Router' ? null : first);
      const path = keyword(call, 'path') ?? (name === 'Router' ? first : null);
      if (list === null) continue;
      const parent = {
        prefix: constantOf(path, place, resolver) ?? '',
        key: keyOf({ kind: 'value', ...place, value: call }),
      };
      for (const child of resolver.values.items(list, place)) {
        const key = keyOf(child);
        parents.set(key, [...(parents.get(key) ?? []), parent]);
      }
    }
  }
  return parents;
}

function textsOf(path: Expression | null, place: Place, resolver: Resolver): readonly string[] {
  const items = path?.kind === 'list' ? path.items : [path];
  const texts = items.flatMap((item) => constantOf(item, place, resolver) ?? []);
  return texts.length === 0 ? [''] : texts;
}
