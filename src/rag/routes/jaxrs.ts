import type { Route } from '../../types-code.ts';
import { annotationOf, annotationPaths, listAnnotatedMethods } from '../annotated-classes.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** JAX-RS: `@Path` classes with `@GET` methods, theirs or of the interfaces that they implement. */
export default defineRouteFinder({
  framework: 'jaxrs',
  find(resolver) {
    const prefix = applicationPath(resolver);
    return resolver.program.filesOf('java').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        const owner = { kind: 'symbol', file, index } as const;
        if (symbol.kind !== 'class' || annotationOf(symbol, /^ApplicationPath$/) !== null) return [];
        return routesOf(owner, prefix, resolver);
      });
    });
  },
});

function routesOf(owner: ClassEntity, prefix: string, resolver: Resolver): Route[] {
  const bases = [owner, ...resolver.types.basesOf(owner)];
  const withPath = bases.find((type) => annotationOf(resolver.program.symbol(type), /^Path$/) !== null);
  if (withPath === undefined) return [];
  const [base = ''] = pathsOf(withPath, resolver);
  return listAnnotatedMethods(owner, resolver).flatMap(({ declared, declaredIn, handler, file }): Route[] => {
    const verb = annotationOf(declared, /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/);
    const method = verb === null ? null : methodOf(verb.name);
    if (method === null) return [];
    const place = { file: declaredIn.file, scope: declared.inScope };
    const call = annotationOf(declared, /^Path$/)?.call ?? null;
    const { startLine, endLine, name } = handler;
    const at = { file: declaredIn.file, startLine: declared.startLine, endLine: declared.endLine };
    return annotationPaths(call, ['value'], place, resolver).map((path) => ({
      framework: 'jaxrs',
      method,
      // `{id: [0-9]+}` may have a blank after the colon.
      path: toTemplate(joinPaths(prefix, base, path).replace(/\{\s*(\w+)\s*:\s*/g, '{$1:'), 'braces'),
      operationId: null,
      handler: { file, startLine, endLine },
      handlerName: name,
      declaredAt: at,
    }));
  });
}

function pathsOf(type: ClassEntity, resolver: Resolver): readonly string[] {
  const symbol = resolver.program.symbol(type);
  const call = annotationOf(symbol, /^Path$/)?.call ?? null;
  return annotationPaths(call, ['value'], { file: type.file, scope: symbol.inScope }, resolver);
}

function applicationPath(resolver: Resolver): string {
  for (const [file, facts] of resolver.program.filesOf('java')) {
    for (const symbol of facts.symbols) {
      const found = annotationOf(symbol, /^ApplicationPath$/);
      if (found !== null)
        return annotationPaths(found.call, ['value'], { file, scope: 0 }, resolver)[0] ?? '';
    }
  }
  return '';
}
