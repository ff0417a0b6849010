import type { Route } from '../../types-code.ts';
import { annotationOf, annotationPaths, listAnnotatedMethods } from '../annotated-classes.ts';
import type { SymbolFact } from '../facts.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Sub-resources may give themselves. */
const MAX_DEPTH = 6;
const MAX_GIVEN = 4;

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** JAX-RS: `@Path` classes with `@GET` methods, theirs or of the interfaces that they implement, and sub-resources. */
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
  return routesBelow(owner, joinPaths(prefix, base), resolver, 0);
}

/** Routes of a resource, and of the resources that its methods with a path and no verb give. */
function routesBelow(owner: ClassEntity, base: string, resolver: Resolver, depth: number): Route[] {
  if (depth > MAX_DEPTH) return [];
  return listAnnotatedMethods(owner, resolver).flatMap(({ declared, declaredIn, handler, file }): Route[] => {
    const verb = annotationOf(declared, /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/);
    const method = verb === null ? null : methodOf(verb.name);
    const place = { file: declaredIn.file, scope: declared.inScope };
    const call = annotationOf(declared, /^Path$/)?.call ?? null;
    if (method === null) {
      if (call === null) return [];
      const [path = ''] = annotationPaths(call, ['value'], place, resolver);
      return listGiven(handler, file, resolver).flatMap((type) =>
        routesBelow(type, joinPaths(base, path), resolver, depth + 1),
      );
    }
    const { startLine, endLine, name } = handler;
    const at = { file: declaredIn.file, startLine: declared.startLine, endLine: declared.endLine };
    return annotationPaths(call, ['value'], place, resolver).map((path) => ({
      framework: 'jaxrs',
      method,
      // `{id: [0-9]+}` may have a blank after the colon.
      path: toTemplate(joinPaths(base, path).replace(/\{\s*(\w+)\s*:\s*/g, '{$1:'), 'braces'),
      operationId: null,
      handler: { file, startLine, endLine },
      handlerName: name,
      declaredAt: at,
    }));
  });
}

/** Classes that a sub-resource locator gives, by what it returns rather than by its type, which may be an interface. */
function listGiven({ scope }: SymbolFact, file: string, resolver: Resolver): readonly ClassEntity[] {
  const fact = resolver.program.facts(file).scopes[scope ?? -1];
  if (fact === undefined || scope === null) return [];
  const place = { file, scope };
  const made = fact.returns.flatMap((value) =>
    resolver.evaluate(value, place).flatMap((entity) => [...resolver.types.of(entity)]),
  );
  const typed = fact.returnType === null ? [] : resolver.types.named(fact.returnType, place);
  return (made.length > 0 ? made : typed).slice(0, MAX_GIVEN);
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
