import type { Route } from '../../types-code.ts';
import { annotationOf, annotationPaths, listAnnotatedMethods } from '../annotated-classes.ts';
import type { Entity } from '../entity.ts';
import type { SymbolFact } from '../facts.ts';
import type { Resolver } from '../resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** ASP.NET Core controllers: `[Route("api/[controller]")]` classes with `[HttpGet("{id}")]` methods. */
export default defineRouteFinder({
  framework: 'aspnet',
  find: (resolver) =>
    resolver.program.filesOf('csharp').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        const isController =
          annotationOf(symbol, /^ApiController$/) !== null || /Controller$/.test(symbol.name);
        if (symbol.kind !== 'class' || !isController) return [];
        return routesOf({ kind: 'symbol', file, index }, symbol, resolver);
      });
    }),
});

function routesOf(
  owner: Entity & { readonly kind: 'symbol' },
  symbol: SymbolFact,
  resolver: Resolver,
): Route[] {
  const bases = basePaths(owner, resolver);
  return listAnnotatedMethods(owner, resolver).flatMap(({ declared, handler, file }) =>
    declared.decorators.flatMap((decorator): Route[] => {
      const single = annotationOf(
        { ...declared, decorators: [decorator] },
        /^Http(Get|Post|Put|Patch|Delete|Head)$/,
      );
      const method = single === null ? null : methodOf(single.name.slice('Http'.length));
      if (single === null || method === null) return [];
      const place = { file: owner.file, scope: declared.inScope };
      const route = annotationOf(declared, /^Route$/);
      const own = annotationPaths(single.call, ['template'], place, resolver);
      const paths =
        own[0] === '' && route !== null ? annotationPaths(route.call, ['template'], place, resolver) : own;
      const { startLine, endLine, name } = handler;
      return bases.flatMap((base) =>
        paths.map((path) => ({
          framework: 'aspnet',
          method,
          path: fill(
            path.startsWith('/') || path.startsWith('~/') ? path.replace(/^~/, '') : joinPaths(base, path),
            symbol.name,
            name,
          ),
          operationId: null,
          handler: { file, startLine, endLine },
          handlerName: name,
          declaredAt: { file, startLine, endLine },
        })),
      );
    }),
  );
}

/** The class's own route, or that of the class that it extends. */
function basePaths(owner: Entity & { readonly kind: 'symbol' }, resolver: Resolver): readonly string[] {
  for (const type of [owner, ...resolver.types.basesOf(owner)]) {
    const symbol = resolver.program.symbol(type);
    const found = annotationOf(symbol, /^Route$/);
    if (found !== null) {
      return annotationPaths(found.call, ['template'], { file: type.file, scope: symbol.inScope }, resolver);
    }
  }
  return [''];
}

function fill(path: string, controller: string, action: string): string {
  const filled = path
    .replace(/\[controller\]/gi, controller.replace(/Controller$/, ''))
    .replace(/\[action\]/gi, action)
    .replace(/\{version:apiVersion\}/g, '{version}');
  return toTemplate(joinPaths(filled), 'braces');
}
