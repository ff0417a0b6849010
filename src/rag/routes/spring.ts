import type { Route } from '../../types-code.ts';
import {
  type AnnotatedMethod,
  annotationOf,
  annotationPaths,
  composedAnnotationOf,
  listAnnotatedMethods,
} from '../annotated-classes.ts';
import { keyword } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { findBehindDelegate } from '../generated-servers.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { readSettings, springBasePath } from '../spring-settings.ts';

const CONTROLLER = /^(Rest)?Controller$/;
const MAPPING = /^(Get|Post|Put|Patch|Delete|Request)Mapping$/;

/** Spring MVC and WebFlux: `@RestController` classes with `@GetMapping` methods, theirs or of their interfaces. */
export default defineRouteFinder({
  framework: 'spring',
  find: (resolver) =>
    resolver.program.filesOf('java').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        const at = { file, scope: symbol.inScope };
        if (symbol.kind !== 'class' || composedAnnotationOf(symbol, CONTROLLER, at, resolver) === null)
          return [];
        const owner = { kind: 'symbol', file, index } as const;
        return listAnnotatedMethods(owner, resolver).flatMap((method) => routesOf(method, owner, resolver));
      });
    }),
});

function routesOf(
  method: AnnotatedMethod,
  owner: Entity & { readonly kind: 'symbol' },
  resolver: Resolver,
): Route[] {
  const mapping = annotationOf(method.declared, MAPPING);
  if (mapping === null) return [];
  const place = { file: method.declaredIn.file, scope: method.declared.inScope };
  const own = annotationPaths(mapping.call, ['value', 'path'], place, resolver);
  const prefix = springBasePath(owner.file, resolver.program.modules.texts);
  const settings = readSettings(owner.file, resolver.program.modules.texts);
  const bases = basePaths(owner, method.declaredIn, resolver);
  const behind = isWritten(method, owner)
    ? null
    : findBehindDelegate(
        resolver.program.symbol(method.declaredIn).name,
        method.handler.name,
        method.file,
        resolver,
      );
  const { startLine, endLine, name } = behind === null ? method.handler : resolver.program.symbol(behind);
  const handler = { file: behind?.file ?? method.file, startLine, endLine };
  const operation = annotationOf(method.declared, /^Operation$/);
  const id = operation?.call === null || operation === null ? null : keyword(operation.call, 'operationId');
  return bases.flatMap((base) =>
    own.flatMap((path) =>
      methodsOf(mapping.name, mapping.call).map(
        (verb): Route => ({
          framework: 'spring',
          method: verb,
          path: toTemplate(withSettings(joinPaths(prefix, base, path), settings), 'braces'),
          operationId: id?.kind === 'string' ? id.value : null,
          handler,
          handlerName: name,
          declaredAt: {
            file: method.declaredIn.file,
            startLine: method.declared.startLine,
            endLine: method.declared.endLine,
          },
        }),
      ),
    ),
  );
}

/** `${api.base-path:/v1}` is what the settings say, else its default. */
function withSettings(path: string, settings: ReadonlyMap<string, string>): string {
  return path
    .replace(/\$\{([^:}]*):?([^}]*)\}/g, (_, key: string, preset: string) => settings.get(key) ?? preset)
    .replace(/\/{2,}/g, '/');
}

/** Whether the controller itself has the method's code. */
function isWritten(method: AnnotatedMethod, owner: Entity & { readonly kind: 'symbol' }): boolean {
  const isOwn = method.declaredIn.file === owner.file && method.declaredIn.index === owner.index;
  return isOwn || method.handler !== method.declared;
}

/** The class's own mapping counts; without one, that of the interface. */
function basePaths(
  owner: Entity & { readonly kind: 'symbol' },
  declaredIn: AnnotatedMethod['declaredIn'],
  resolver: Resolver,
): readonly string[] {
  for (const type of [owner, declaredIn]) {
    const symbol = resolver.program.symbol(type);
    const place = { file: type.file, scope: symbol.inScope };
    const mapping = composedAnnotationOf(symbol, /^RequestMapping$/, place, resolver);
    if (mapping !== null) return annotationPaths(mapping.call, ['value', 'path'], place, resolver);
  }
  return [''];
}

function methodsOf(name: string, call: CallExpression | null): readonly Route['method'][] {
  const verb = methodOf(name.replace('Mapping', ''));
  if (verb !== null) return [verb];
  const given = call === null ? null : keyword(call, 'method');
  if (given === null) return ['ANY'];
  const items = given.kind === 'list' ? given.items : [given];
  return items.flatMap((item) =>
    item.kind === 'member' || item.kind === 'name' ? (methodOf(item.name) ?? []) : [],
  );
}
