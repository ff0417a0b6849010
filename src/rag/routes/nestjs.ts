import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { entryOf, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import { type Entity, keyOf, type Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import {
  applicationAround,
  isExcluded,
  listModulePaths,
  type NestApplication,
  versionsOf,
} from '../nestjs-application.ts';
import { composedController } from '../nestjs-composed.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** NestJS: `@Controller(path)` classes with `@Get(path)` methods, global prefix, versions and modules in the path. */
export default defineRouteFinder({
  framework: 'nestjs',
  find: (resolver) => {
    const modulePaths = listModulePaths(resolver);
    return resolver.program.filesOf('javascript').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        if (symbol.kind !== 'class') return [];
        const place = { file, scope: symbol.inScope };
        const controller = decoratorOf(symbol, 'Controller') ?? composedController(symbol, place, resolver);
        if (controller === null) return [];
        const entity = { kind: 'symbol', file, index } as const;
        return routesOf(entity, controller, modulePaths.get(keyOf(entity)) ?? [''], resolver);
      });
    });
  },
});

function routesOf(
  controller: ClassEntity,
  decorator: CallExpression,
  modules: readonly string[],
  resolver: Resolver,
): Route[] {
  const owner = resolver.program.symbol(controller);
  const place = { file: controller.file, scope: owner.inScope };
  const [given] = positional(decorator);
  const isOptions = given?.kind === 'map';
  const bases = pathsOf(isOptions ? entryOf(given, 'path') : (given ?? null), place, resolver);
  const application = applicationAround(controller.file, resolver);
  const versions = isOptions ? versionsOf(entryOf(given, 'version'), place, resolver) : null;
  return listMethods(controller, resolver).flatMap(({ symbol, file }) => {
    const at = { file, scope: symbol.inScope };
    return symbol.decorators.flatMap((verb): Route[] => {
      const method = verb.kind === 'call' ? httpMethod(verb, resolver, at) : null;
      if (verb.kind !== 'call' || method === null) return [];
      const own = decoratorOf(symbol, 'Version');
      const named = own === null ? null : versionsOf(positional(own)[0] ?? null, at, resolver);
      const segments = segmentsOf(named ?? versions ?? application.defaultVersions, application);
      const paths = pathsOf(positional(verb)[0] ?? null, at, resolver);
      const below = modules.flatMap((module) =>
        bases.flatMap((base) => paths.map((path) => joinPaths(module, base, path))),
      );
      return below.flatMap((path) =>
        segments.map((segment) => ({
          framework: 'nestjs',
          method,
          path: toTemplate(
            isExcluded(path, application.excluded)
              ? joinPaths(segment, path)
              : joinPaths(application.prefix, segment, path),
            'colon',
          ),
          operationId: operationId(owner, symbol, at, resolver),
          handler: { file, startLine: symbol.startLine, endLine: symbol.endLine },
          handlerName: symbol.name,
          declaredAt: { file, startLine: verb.line, endLine: verb.endLine },
        })),
      );
    });
  });
}

/** Methods of a class, and those of its bases that it does not write anew. */
function listMethods(
  owner: ClassEntity,
  resolver: Resolver,
  depth = 0,
): readonly { readonly symbol: SymbolFact; readonly file: string }[] {
  const { scope } = resolver.program.symbol(owner);
  const own = resolver.program
    .facts(owner.file)
    .symbols.filter((symbol) => symbol.inScope === scope)
    .map((symbol) => ({ symbol, file: owner.file }));
  const bases = depth > 5 ? [] : resolver.types.basesOf(owner);
  const inherited = bases.flatMap((base) => [...listMethods(base, resolver, depth + 1)]);
  return [...own, ...inherited.filter(({ symbol }) => !own.some((one) => one.symbol.name === symbol.name))];
}

function segmentsOf(versions: readonly string[], { versionPrefix }: NestApplication): readonly string[] {
  if (versionPrefix === null || versions.length === 0) return [''];
  return versions.map((version) => (version === '' ? '' : `${versionPrefix}${version}`));
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
