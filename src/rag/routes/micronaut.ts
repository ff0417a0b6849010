import type { Route } from '../../types-code.ts';
import { annotationOf, annotationPaths, listAnnotatedMethods } from '../annotated-classes.ts';
import { keyword } from '../expressions.ts';
import type { SymbolFact } from '../facts.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { contextPath } from '../spring-settings.ts';

const VERB = /^(Get|Post|Put|Patch|Delete|Head|Options)$/;
const LIBRARY = /^io\.micronaut\.http\.annotation(\.|$)/;

/** Micronaut: `@Controller("/orders")` classes with `@Get("/{id}")` methods, theirs or of what they extend. */
export default defineRouteFinder({
  framework: 'micronaut',
  find: (resolver) =>
    resolver.program.filesOf('java').flatMap(([file, facts]) => {
      if (!facts.imports.some(({ module }) => LIBRARY.test(module))) return [];
      return facts.symbols.flatMap((symbol, index) => {
        const owner = { kind: 'symbol', file, index } as const;
        return symbol.kind === 'class' ? routesOf(owner, symbol, resolver) : [];
      });
    }),
});

function routesOf(
  owner: Entity & { readonly kind: 'symbol' },
  symbol: SymbolFact,
  resolver: Resolver,
): Route[] {
  const controller = annotationOf(symbol, /^Controller$/);
  if (controller === null) return [];
  const names = ['value', 'uri', 'uris'];
  const at = { file: owner.file, scope: symbol.inScope };
  const bases = annotationPaths(controller.call, names, at, resolver);
  const prefix = contextPath(owner.file, resolver.program.modules.texts, ['micronaut.server.context-path']);
  return listAnnotatedMethods(owner, resolver).flatMap(({ declared, declaredIn, handler, file }): Route[] => {
    const verb = annotationOf(declared, VERB);
    const method = verb === null ? null : methodOf(verb.name);
    if (verb === null || method === null) return [];
    const place = { file: declaredIn.file, scope: declared.inScope };
    const operation = annotationOf(declared, /^Operation$/)?.call ?? null;
    const id = operation === null ? null : keyword(operation, 'operationId');
    const { startLine, endLine, name } = handler;
    const paths = annotationPaths(verb.call, names, place, resolver);
    return bases.flatMap((base) =>
      paths.map((path) => ({
        framework: 'micronaut',
        method,
        path: readTemplate(joinPaths(prefix, base, path)),
        operationId: id?.kind === 'string' ? id.value : null,
        handler: { file, startLine, endLine },
        handlerName: name,
        declaredAt: { file: declaredIn.file, startLine: declared.startLine, endLine: declared.endLine },
      })),
    );
  });
}

/** URI templates of RFC 6570: `{?page*}` is a query, `{+path}` and `{/path}` are segments; `${x:/api}` is its default. */
function readTemplate(path: string): string {
  const plain = path
    .replace(/\$\{[^:}]*:?([^}]*)\}/g, '$1')
    .replace(/\{[?&#][^}]*\}/g, '')
    .replace(/\{\/(\w+)[^}]*\}/g, '/{$1}')
    .replace(/\{[+.]?(\w+)\*?\}/g, '{$1}')
    .replace(/\/{2,}/g, '/');
  return toTemplate(plain, 'braces');
}
