import type { Route } from '../../types-code.ts';
import { lastName, positional } from '../expressions.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';
import { joinPaths } from '../route-paths.ts';

/** Puts the path that a module of Carter gives its base, `OrdersModule() : base("/orders")`, before its routes. */
export function belowModules(routes: readonly Route[], resolver: Resolver): readonly Route[] {
  const modules = resolver.program.filesOf('csharp').flatMap(([file, facts]) =>
    facts.symbols.flatMap((symbol) => {
      if (!symbol.bases.some((base) => lastName(base) === 'CarterModule')) return [];
      const given = facts.calls.flatMap(({ scope, call }) => {
        const isBase = call.callee.kind === 'name' && call.callee.name === 'base';
        if (!isBase || facts.scopes[scope]?.parent !== symbol.scope) return [];
        return constantOf(positional(call)[0] ?? null, { file, scope }, resolver) ?? [];
      });
      return given.map((prefix) => ({ file, prefix, startLine: symbol.startLine, endLine: symbol.endLine }));
    }),
  );
  if (modules.length === 0) return routes;
  return routes.map((route) => {
    const { file, startLine } = route.declaredAt;
    const module = modules.find(
      (one) => one.file === file && one.startLine <= startLine && startLine <= one.endLine,
    );
    return module === undefined ? route : { ...route, path: joinPaths(module.prefix, route.path) };
  });
}
