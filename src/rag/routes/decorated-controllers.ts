import type { Route } from '../../types-code.ts';
import { entryOf, keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, type PathSyntax, toTemplate } from '../route-paths.ts';

/** A library whose controllers are classes with decorators; Nest, which knows more, has a finder of its own. */
interface Library {
  readonly framework: string;
  readonly modules: RegExp;
  /** Decorators of the class, whose first argument is a prefix. */
  readonly controllers: RegExp;
  /** What stands before the method in a decorator's name. */
  readonly verb: RegExp;
  readonly syntax: PathSyntax;
  /** Calls whose option is a prefix of all controllers. */
  readonly starts?: { readonly names: readonly string[]; readonly option: string };
}

const LIBRARIES: readonly Library[] = [
  { framework: 'tsoa', modules: /^(tsoa|@tsoa\/)/, controllers: /^Route$/, verb: /^/, syntax: 'braces' },
  {
    framework: 'routing-controllers',
    modules: /^routing-controllers/,
    controllers: /^(Json)?Controller$/,
    verb: /^/,
    syntax: 'colon',
    starts: {
      names: ['createExpressServer', 'useExpressServer', 'createKoaServer', 'useKoaServer'],
      option: 'routePrefix',
    },
  },
  { framework: 'tsed', modules: /^@tsed\//, controllers: /^Controller$/, verb: /^/, syntax: 'colon' },
  {
    framework: 'inversify-express',
    modules: /^(inversify-express-utils|@inversifyjs\/http-core)/,
    controllers: /^[cC]ontroller$/,
    verb: /^http/,
    syntax: 'colon',
  },
  {
    framework: 'loopback',
    modules: /^@loopback\/(rest|openapi-v3)/,
    controllers: /^api$/,
    verb: /^/,
    syntax: 'braces',
  },
  { framework: 'midway', modules: /^@midwayjs\//, controllers: /^Controller$/, verb: /^/, syntax: 'colon' },
  {
    framework: 'overnight',
    modules: /^@overnightjs\/core/,
    controllers: /^Controller$/,
    verb: /^/,
    syntax: 'colon',
  },
];

/** Controllers of tsoa, routing-controllers, Ts.ED, InversifyJS, LoopBack, Midway and Overnight. */
export default defineRouteFinder({
  framework: 'decorated-controllers',
  find(resolver) {
    const { program } = resolver;
    return LIBRARIES.flatMap((library) =>
      program.filesOf('javascript').flatMap(([file, facts]) => {
        if (!facts.imports.some(({ module }) => library.modules.test(module))) return [];
        return facts.symbols.flatMap((owner) => {
          if (owner.kind !== 'class') return [];
          const methods = facts.symbols.filter(
            (one) => one.inScope === owner.scope && one.decorators.length > 0,
          );
          return methods.length === 0 ? [] : routesOf(owner, methods, library, file, resolver);
        });
      }),
    );
  },
});

function routesOf(
  owner: SymbolFact,
  methods: readonly SymbolFact[],
  library: Library,
  file: string,
  resolver: Resolver,
): Route[] {
  const place = { file, scope: owner.inScope };
  const mark = owner.decorators
    .flatMap(asCall)
    .find(({ callee }) => library.controllers.test(lastName(callee) ?? ''));
  const [given = null] = mark === undefined ? [] : positional(mark);
  const base = given?.kind === 'map' ? entryOf(given, 'path', 'basePath') : given;
  const prefix = joinPaths(startPrefix(library, resolver), constantOf(base, place, resolver) ?? '');
  return methods.flatMap((symbol) => {
    const calls = symbol.decorators.flatMap(asCall);
    const documented = calls.find(({ callee }) => /^(OperationId|operationId)$/.test(lastName(callee) ?? ''));
    return calls.flatMap((call): Route[] => {
      const method = verbOf(call, library, place, resolver);
      if (method === null) return [];
      const path = constantOf(positional(call)[0] ?? null, place, resolver) ?? '';
      const id = documented === undefined ? null : (positional(documented)[0] ?? null);
      return [
        {
          framework: library.framework,
          method,
          path: toTemplate(joinPaths(prefix, path), library.syntax),
          // tsoa names operations by their methods with a capital.
          operationId:
            constantOf(id, place, resolver) ??
            (library.framework === 'tsoa' ? symbol.name.replace(/^./, (first) => first.toUpperCase()) : null),
          handler: { file, startLine: symbol.startLine, endLine: symbol.endLine },
          handlerName: symbol.name,
          declaredAt: { file, startLine: call.line, endLine: call.endLine },
        },
      ];
    });
  });
}

function verbOf(
  call: CallExpression,
  library: Library,
  place: Place,
  resolver: Resolver,
): Route['method'] | null {
  const name = lastName(call.callee) ?? '';
  if (!library.verb.test(name)) return null;
  const method = methodOf(name.replace(library.verb, ''));
  const isOfLibrary = resolver
    .evaluate(call.callee, place)
    .some((entity) => entity.kind === 'external' && library.modules.test(entity.name));
  return isOfLibrary ? method : null;
}

function startPrefix({ starts }: Library, resolver: Resolver): string {
  for (const name of starts?.names ?? []) {
    for (const { file, placed } of resolver.program.callsNamed(name, 'javascript')) {
      const option = keyword(placed.call, starts?.option ?? '');
      const text = constantOf(option, { file, scope: placed.scope }, resolver);
      if (text !== null) return text;
    }
  }
  return '';
}

function asCall(decorator: Expression): readonly CallExpression[] {
  return decorator.kind === 'call' ? [decorator] : [];
}
