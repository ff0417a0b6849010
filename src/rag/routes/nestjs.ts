import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { constantOf } from '../constants.ts';
import type { Place } from '../entity.ts';
import { entryOf, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import type { Resolver } from '../resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** NestJS: `@Controller(path)` classes with `@Get(path)` methods, global prefix, versions in the path. */
export default defineRouteFinder({
  framework: 'nestjs',
  find: (resolver) =>
    resolver.program.filesOf('javascript').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol) => {
        const controller = symbol.kind === 'class' ? decoratorOf(symbol, 'Controller') : null;
        return controller === null ? [] : routesOf(symbol, controller, file, resolver);
      });
    }),
});

function routesOf(owner: SymbolFact, controller: CallExpression, file: string, resolver: Resolver): Route[] {
  const place = { file, scope: owner.inScope };
  const [given] = positional(controller);
  const isOptions = given?.kind === 'map';
  const bases = pathsOf(isOptions ? entryOf(given, 'path') : (given ?? null), place, resolver);
  const version = isOptions ? constantOf(entryOf(given, 'version'), place, resolver) : null;
  const { prefix, versioned } = globalPrefix(file, resolver);
  const { symbols } = resolver.program.facts(file);
  return symbols
    .filter((symbol) => symbol.inScope === owner.scope)
    .flatMap((symbol) =>
      symbol.decorators.flatMap((decorator): Route[] => {
        const method = decorator.kind === 'call' ? httpMethod(decorator, resolver, place) : null;
        if (decorator.kind !== 'call' || method === null) return [];
        const own = decoratorOf(symbol, 'Version');
        const named = own === null ? version : constantOf(positional(own)[0] ?? null, place, resolver);
        const segment = versioned && named !== null ? `v${named}` : '';
        const paths = pathsOf(positional(decorator)[0] ?? null, place, resolver);
        return bases.flatMap((base) =>
          paths.map((path) => ({
            framework: 'nestjs',
            method,
            path: toTemplate(joinPaths(prefix, segment, base, path), 'colon'),
            operationId: operationId(owner, symbol, place, resolver),
            handler: { file, startLine: symbol.startLine, endLine: symbol.endLine },
            handlerName: symbol.name,
            declaredAt: { file, startLine: decorator.line, endLine: decorator.endLine },
          })),
        );
      }),
    );
}

function httpMethod(decorator: CallExpression, resolver: Resolver, place: Place): HttpMethod | 'ANY' | null {
  const isNest = resolver
    .evaluate(decorator.callee, place)
    .some((entity) => entity.kind === 'external' && entity.name.startsWith('@nestjs/common.'));
  const name = lastName(decorator.callee) ?? '';
  return isNest && /^(Get|Post|Put|Patch|Delete|Head|Options|All)$/.test(name) ? methodOf(name) : null;
}

function decoratorOf(symbol: SymbolFact, name: string): CallExpression | null {
  for (const decorator of symbol.decorators) {
    if (decorator.kind === 'call' && lastName(decorator.callee) === name) return decorator;
  }
  return null;
}

function pathsOf(expression: Expression | null, place: Place, resolver: Resolver): string[] {
  if (expression === null) return [''];
  const items = expression.kind === 'list' ? expression.items : [expression];
  return items.flatMap((item) => constantOf(item, place, resolver) ?? []);
}

/** `Controller_method`, as @nestjs/swagger names operations, or what `@ApiOperation` says. */
function operationId(owner: SymbolFact, symbol: SymbolFact, place: Place, resolver: Resolver): string {
  const documented = decoratorOf(symbol, 'ApiOperation');
  const given = documented === null ? null : entryOf(positional(documented)[0] ?? null, 'operationId');
  return constantOf(given, place, resolver) ?? `${owner.name}_${symbol.name}`;
}

/** Prefix of the application whose start lies nearest to `file`. */
function globalPrefix(
  file: string,
  resolver: Resolver,
): { readonly prefix: string; readonly versioned: boolean } {
  const nearest = nearestCall('setGlobalPrefix', file, resolver);
  const versioning = nearestCall('enableVersioning', file, resolver);
  const prefix =
    nearest === null ? '' : (constantOf(positional(nearest.call)[0] ?? null, nearest.place, resolver) ?? '');
  // By URI unless another type is named.
  const type = versioning === null ? null : entryOf(positional(versioning.call)[0] ?? null, 'type');
  return { prefix, versioned: versioning !== null && (type === null || lastName(type) === 'URI') };
}

function nearestCall(
  name: string,
  file: string,
  resolver: Resolver,
): { readonly call: CallExpression; readonly place: Place } | null {
  const calls = resolver.program.callsNamed(name, 'javascript');
  const [best] = [...calls].sort((a, b) => shared(b.file, file) - shared(a.file, file));
  if (best === undefined) return null;
  return { call: best.placed.call, place: { file: best.file, scope: best.placed.scope } };
}

function shared(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}
