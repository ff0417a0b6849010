import type { Route } from '../../types-code.ts';
import { keyword, lastName } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type Answer = Pick<Route, 'method' | 'path'> & {
  readonly symbol: SymbolFact;
  readonly call: CallExpression;
};

/**
 * Cornice on Pyramid: `orders = Service(path=…)` with `@orders.get()`, and classes with
 * `@resource(collection_path=…, path=…)`, answered by `collection_get`, `get` and their like.
 */
export default defineRouteFinder({
  framework: 'cornice',
  find(resolver) {
    if (!resolver.program.usesModule('cornice', 'python')) return [];
    return resolver.program.filesOf('python').flatMap(([file, { symbols }]) =>
      symbols
        .flatMap((symbol) => [...ofService(symbol, file, resolver), ...ofResource(symbol, file, resolver)])
        .map(
          ({ method, path, symbol, call }): Route => ({
            framework: 'cornice',
            method,
            path,
            operationId: null,
            handler: { file, startLine: symbol.startLine, endLine: symbol.endLine },
            handlerName: symbol.name,
            declaredAt: { file, startLine: call.line, endLine: call.endLine },
          }),
        ),
    );
  },
});

/** `@orders.get(…)` above a function, where `orders` is a service. */
function ofService(symbol: SymbolFact, file: string, resolver: Resolver): readonly Answer[] {
  return symbol.decorators.flatMap((decorator): Answer[] => {
    if (decorator.kind !== 'call' || decorator.callee.kind !== 'member') return [];
    const method = methodOf(decorator.callee.name);
    const path =
      method === null ? null : servicePath(decorator.callee.of, { file, scope: symbol.inScope }, resolver);
    return method === null || path === null ? [] : [{ method, path, symbol, call: decorator }];
  });
}

/** Path of the service that an expression holds; `null`: it holds none. */
function servicePath(of: Expression, place: Place, resolver: Resolver): string | null {
  const { program } = resolver;
  // A class of the application's own below Service keeps how it was called in its binding only.
  const bound = of.kind === 'name' ? program.bindingsOf({ file: place.file, scope: 0 }, of.name) : [];
  const calls = [
    ...bound.map(({ value, from }) => ({ value, at: { file: place.file, scope: from } })),
    ...resolver
      .evaluate(of, place)
      .flatMap((entity) => (entity.kind === 'value' ? [{ value: entity.value, at: entity }] : [])),
  ];
  for (const { value, at } of calls) {
    if (value?.kind !== 'call' || !/Service$/.test(lastName(value.callee) ?? '')) continue;
    const path = constantOf(keyword(value, 'path'), at, resolver);
    if (path !== null) return toTemplate(joinPaths(path), 'braces');
  }
  return null;
}

function ofResource(symbol: SymbolFact, file: string, resolver: Resolver): readonly Answer[] {
  if (symbol.kind !== 'class') return [];
  const { symbols } = resolver.program.facts(file);
  return symbol.decorators.flatMap((call): Answer[] => {
    if (call.kind !== 'call' || lastName(call.callee) !== 'resource') return [];
    const place = { file, scope: symbol.inScope };
    const member = constantOf(keyword(call, 'path'), place, resolver);
    const collection = constantOf(keyword(call, 'collection_path'), place, resolver);
    return symbols.flatMap((own): Answer[] => {
      const [, isCollection, verb = ''] = /^(collection_)?(\w+)$/.exec(own.name) ?? [];
      const [method, path] = [methodOf(verb), isCollection === undefined ? member : collection];
      if (own.inScope !== symbol.scope || method === null || path === null) return [];
      return [{ method, path: toTemplate(joinPaths(path), 'braces'), symbol: own, call }];
    });
  });
}
