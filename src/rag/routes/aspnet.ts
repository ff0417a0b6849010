import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import {
  type AnnotatedMethod,
  allBasesOf,
  annotationOf,
  listAnnotatedMethods,
} from '../annotated-classes.ts';
import {
  type ConventionalPattern,
  conventionalPaths,
  listConventionalPatterns,
} from '../aspnet/conventional-routes.ts';
import { listRouteAttributes } from '../aspnet/route-attributes.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' };

/** A controller and what its attributes say of all of its actions. */
interface Controller {
  readonly owner: ClassEntity;
  readonly symbol: SymbolFact;
  readonly name: string;
  readonly area: string | null;
  /** Empty: no attribute states one. */
  readonly templates: readonly string[];
  readonly versions: readonly string[];
  readonly patterns: readonly ConventionalPattern[];
}

/** What one action answers. */
interface Answered {
  readonly methods: readonly (HttpMethod | 'ANY')[];
  readonly paths: readonly string[];
  readonly name: string | null;
}

const RESULT = /(Result|Results|View)$/;

/** ASP.NET Core controllers: routes by attributes such as `[HttpGet("{id}")]`, else by the patterns of the application. */
export default defineRouteFinder({
  framework: 'aspnet',
  find: (resolver) => {
    const patterns = listConventionalPatterns(resolver);
    return resolver.program.filesOf('csharp').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        if (symbol.kind !== 'class') return [];
        const owner = { kind: 'symbol', file, index } as const;
        const controller = readController(owner, symbol, patterns, resolver);
        return controller === null ? [] : routesOf(controller, resolver);
      });
    });
  },
});

function readController(
  owner: ClassEntity,
  symbol: SymbolFact,
  patterns: readonly ConventionalPattern[],
  resolver: Resolver,
): Controller | null {
  const lineage = [owner, ...allBasesOf(owner, resolver)];
  const types = lineage.map((type) => ({ type, symbol: resolver.program.symbol(type) }));
  const isApi = types.some(({ symbol: one }) => annotationOf(one, /^ApiController$/) !== null);
  const isNamed = /Controller$/.test(symbol.name);
  const templates =
    types
      .map(({ type, symbol: one }) =>
        listRouteAttributes(one, { file: type.file, scope: one.inScope }, resolver).flatMap(
          ({ template }) => template ?? [],
        ),
      )
      .find((found) => found.length > 0) ?? [];
  // A base class answers through those that extend it.
  const isExtended = resolver.program.classesBasedOn(symbol.name).length > 0;
  if (isExtended && (templates.length === 0 || /Base|Abstract/.test(symbol.name))) return null;
  const textOf = (name: RegExp) =>
    types.flatMap(({ type, symbol: one }) =>
      one.decorators.flatMap((decorator) => {
        if (decorator.kind !== 'call' || !name.test(lastName(decorator.callee) ?? '')) return [];
        const [first = null] = positional(decorator);
        return versionText(first) ?? constantOf(first, { file: type.file, scope: 0 }, resolver) ?? [];
      }),
    );
  return {
    owner,
    symbol,
    name: symbol.name.replace(/Controller$/, ''),
    area: textOf(/^Area$/)[0] ?? null,
    templates,
    versions: textOf(/^ApiVersion$/),
    patterns: isNamed && !isApi ? patterns : [],
  };
}

function routesOf(controller: Controller, resolver: Resolver): Route[] {
  return listAnnotatedMethods(controller.owner, resolver).flatMap((method) => {
    const { name, startLine, endLine } = method.handler;
    const handler = { file: method.file, startLine, endLine };
    const at = {
      file: method.declaredIn.file,
      startLine: method.declared.startLine,
      endLine: method.declared.endLine,
    };
    return listAnswered(method, controller, resolver).flatMap((answered) =>
      answered.methods.flatMap((verb) =>
        answered.paths.flatMap(withOptional).map(
          (path): Route => ({
            framework: 'aspnet',
            method: verb,
            path: toTemplate(joinPaths(path), 'braces'),
            operationId: answered.name ?? swaggerId(method, resolver),
            handler,
            handlerName: name,
            declaredAt: method.handler === method.declared ? handler : at,
          }),
        ),
      ),
    );
  });
}

function listAnswered(method: AnnotatedMethod, controller: Controller, resolver: Resolver): Answered[] {
  const { declared, declaredIn } = method;
  if (declared.name === 'constructor' || annotationOf(declared, /^NonAction$/) !== null) return [];
  const place = { file: declaredIn.file, scope: declared.inScope };
  const found = listRouteAttributes(declared, place, resolver);
  const verbs = found.filter(({ methods }) => methods.length > 0);
  const alone = found.flatMap(({ methods, template }) => (methods.length === 0 ? (template ?? []) : []));
  const name = found.find((one) => one.name !== null)?.name ?? null;
  const action = actionOf(method, resolver);
  const fill = (template: string) => fillTemplate(template, controller, action);
  const byTemplate = (templates: readonly string[]) => templates.flatMap(fill);
  const answered = verbs.flatMap(({ methods, template }): Answered[] => {
    if (template !== null) return [{ methods, paths: fill(template), name }];
    if (alone.length > 0) return [{ methods, paths: byTemplate(alone), name }];
    const paths = controller.templates.length > 0 ? fill('') : byConvention(controller, action);
    return [{ methods, paths, name }];
  });
  if (verbs.length > 0) return answered;
  if (alone.length > 0) return [{ methods: ['ANY'], paths: byTemplate(alone), name }];
  const isAction = declaredIn.kind === 'symbol' && givesResult(method, resolver);
  if (!isAction || controller.templates.length > 0) return [];
  return [{ methods: ['ANY'], paths: byConvention(controller, action), name }];
}

function byConvention(controller: Controller, action: string): readonly string[] {
  return conventionalPaths(controller.patterns, {
    controller: controller.name,
    action,
    area: controller.area,
  });
}

/** The paths of a template below those of the controller, with its tokens filled in. */
function fillTemplate(template: string, controller: Controller, action: string): readonly string[] {
  const isWhole = /^~?\//.test(template);
  const bases = isWhole || controller.templates.length === 0 ? [''] : controller.templates;
  return bases.flatMap((base) => {
    const path = isWhole ? template.replace(/^~/, '') : joinPaths(base, template);
    const filled = path
      .replace(/\[controller\]/gi, controller.name)
      .replace(/\[action\]/gi, action)
      .replace(/\[area\]/gi, controller.area ?? '');
    const version = /\{version:apiVersion\}/gi;
    if (controller.versions.length === 0 || !version.test(filled))
      return [filled.replace(version, '{version}')];
    return controller.versions.map((one) => filled.replace(version, one.replace(/\.0$/, '')));
  });
}

/** A last parameter that is optional may be left out: `deliveries/{id?}`. */
function withOptional(path: string): readonly string[] {
  const short = path.replace(/\/\{[^{}/]*\?\}$/, '');
  return short === path || short === '' ? [path] : [path, short];
}

/** ASP.NET Core leaves `Async` out of an action's name. */
function actionOf({ declared, declaredIn }: AnnotatedMethod, resolver: Resolver): string {
  const named = annotationOf(declared, /^ActionName$/)?.call ?? null;
  const given = named === null ? null : (positional(named)[0] ?? null);
  const text = constantOf(given, { file: declaredIn.file, scope: declared.inScope }, resolver);
  return text ?? declared.name.replace(/(?<=.)Async$/, '');
}

/** `[SwaggerOperation(OperationId = "orders.read")]`, `[EndpointName("readOrder")]`. */
function swaggerId({ declared, declaredIn }: AnnotatedMethod, resolver: Resolver): string | null {
  const found = annotationOf(declared, /^(SwaggerOperation|OpenApiOperation|EndpointName)$/);
  if (found === null || found.call === null) return null;
  const first = found.name === 'SwaggerOperation' ? null : (positional(found.call)[0] ?? null);
  const id = keyword(found.call, 'OperationId') ?? first;
  return constantOf(id, { file: declaredIn.file, scope: declared.inScope }, resolver);
}

/** An action gives a result; other methods of a controller help it. */
function givesResult({ declared, declaredIn }: AnnotatedMethod, resolver: Resolver): boolean {
  const scope = resolver.program.facts(declaredIn.file).scopes[declared.scope ?? -1];
  return scope?.returnType != null && namesResult(scope.returnType);
}

function namesResult(type: Expression): boolean {
  if (type.kind === 'index') return RESULT.test(lastName(type.of) ?? '') || type.items.some(namesResult);
  return RESULT.test(lastName(type) ?? '');
}

/** `1.0` of `[ApiVersion(1.0)]`. */
function versionText(value: Expression | null): string | null {
  return value?.kind === 'other' && /^[\d.]+$/.test(value.text) ? value.text : null;
}
