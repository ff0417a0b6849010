import type { Route } from '../../types-code.ts';
import { textAt, textsAt } from '../block-language.ts';
import { documentedId } from '../documented-ids.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, SymbolFact } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { prefixAround, readSymfonyTables, type TableRoute } from '../symfony-tables.ts';

/** FOSRestBundle's `#[Rest\Get('/x')]`. */
const REST_VERB = /^(Get|Post|Put|Patch|Delete|Head|Options)$/;
/** What attributes of a document with the same names say, such as `#[OA\Get(summary: …)]`. */
const DOCUMENTED = ['summary', 'responses', 'tags', 'operationId', 'description', 'requestBody'];

/** Symfony: `#[Route('/orders', methods: ['GET'])]` on methods, classes and invokable classes; tables of routes in YAML. */
export default defineRouteFinder({
  framework: 'symfony',
  find(resolver) {
    const files = resolver.program.filesOf('php');
    if (files.length === 0) return [];
    const tables = readSymfonyTables(resolver);
    const marked = files.flatMap(([file, facts]) => {
      const prefix = prefixAround(file, tables);
      return facts.symbols.flatMap((owner) => {
        if (owner.kind !== 'class') return [];
        const methods = facts.symbols.filter(
          (symbol) => symbol.inScope === owner.scope && symbol.kind === 'method',
        );
        return routesOf(owner, methods, file, prefix, resolver);
      });
    });
    return [...marked, ...tables.routes.flatMap((route) => fromTable(route, resolver))];
  },
});

function fromTable({ name, path, methods, handler }: TableRoute, resolver: Resolver): readonly Route[] {
  const { file, startLine, endLine } = handler.range;
  const symbol = resolver.program
    .facts(file)
    .symbols.find((one) => one.startLine === startLine && one.endLine === endLine);
  return symbol === undefined ? [] : toRoutes({ name, paths: [path], methods }, symbol, file, resolver);
}

interface Attribute {
  readonly name: string;
  readonly paths: readonly string[];
  /** Empty: none are stated. */
  readonly methods: readonly Route['method'][];
}

function routesOf(
  owner: SymbolFact,
  methods: readonly SymbolFact[],
  file: string,
  prefix: string,
  resolver: Resolver,
): readonly Route[] {
  const place = { file, scope: owner.inScope };
  const outer = attributesOf(owner, place, resolver);
  const own = methods.flatMap((method) =>
    attributesOf(method, place, resolver).map((route) => ({ method, route })),
  );
  const invoke = methods.find((method) => method.name === '__invoke');
  // On an invokable class the attribute is the route itself.
  if (own.length === 0 && invoke !== undefined) {
    return outer.flatMap((route) => {
      const paths = route.paths.map((path) => `${prefix}/${path}`);
      return toRoutes({ ...route, paths }, invoke, file, resolver);
    });
  }
  const bases = outer.flatMap(({ paths }) => [...paths]);
  const inherited = outer.flatMap(({ methods: verbs }) => [...verbs]);
  return own.flatMap(({ method, route }) => {
    const paths = (bases.length === 0 ? [''] : bases).flatMap((base) =>
      route.paths.map((path) => `${prefix}/${base}/${path}`),
    );
    const verbs = route.methods.length === 0 ? inherited : route.methods;
    const name = `${outer[0]?.name ?? ''}${route.name}`;
    return toRoutes({ name: route.name === '' ? '' : name, paths, methods: verbs }, method, file, resolver);
  });
}

function attributesOf({ decorators }: SymbolFact, place: Place, resolver: Resolver): readonly Attribute[] {
  const { imports } = resolver.program.facts(place.file);
  const isRest = imports.some(({ module }) => module.startsWith('FOS\\RestBundle'));
  const stated = decorators.find((one) => one.kind === 'call' && lastName(one.callee) === 'Method');
  const others = stated?.kind === 'call' ? textsAt(positional(stated)[0], place, new Map(), resolver) : [];
  return decorators.flatMap((decorator): Attribute[] => {
    const called = decorator.kind === 'call' ? (lastName(decorator.callee) ?? '') : '';
    const verb = isRest && REST_VERB.test(called) ? called : undefined;
    if (decorator.kind !== 'call' || (called !== 'Route' && verb === undefined)) return [];
    if (verb !== undefined && keyword(decorator, ...DOCUMENTED) !== null) return [];
    const name = textAt(keyword(decorator, 'name'), place, new Map(), resolver) ?? '';
    const method = verb === undefined ? null : methodOf(verb);
    const own = method === null ? verbsOf(decorator, place, resolver) : [method];
    const methods = own.length > 0 ? own : others.flatMap((text) => methodOf(text) ?? []);
    return [{ name, paths: pathsOf(decorator, place, resolver), methods }];
  });
}

/** One path, or one for each language. */
function pathsOf(call: CallExpression, place: Place, resolver: Resolver): readonly string[] {
  const given = keyword(call, 'path') ?? positional(call)[0] ?? null;
  if (given?.kind === 'map') {
    return given.entries.flatMap((entry) => [...textsAt(entry.value, place, new Map(), resolver)]);
  }
  return given === null ? [''] : textsAt(given, place, new Map(), resolver);
}

function verbsOf(call: CallExpression, place: Place, resolver: Resolver): readonly Route['method'][] {
  const given = keyword(call, 'methods');
  const items = given?.kind === 'list' ? given.items : given === null ? [] : [given];
  return items.flatMap((item) => {
    // `Request::METHOD_DELETE`
    const named = /^METHOD_(\w+)$/.exec(lastName(item) ?? '')?.[1];
    const texts = named === undefined ? textsAt(item, place, new Map(), resolver) : [named];
    return texts.flatMap((text) => methodOf(text) ?? []);
  });
}

function toRoutes(
  { name: routeName, paths, methods: verbs }: Attribute,
  handler: SymbolFact,
  file: string,
  resolver: Resolver,
): readonly Route[] {
  const { name, startLine, endLine } = handler;
  const range = { file, startLine, endLine };
  const documented = documentedId(range, resolver.program);
  const methods: readonly Route['method'][] = verbs.length === 0 ? ['ANY'] : verbs;
  return paths.flatMap((path) =>
    methods.map((method) => ({
      framework: 'symfony',
      method,
      // `{id<\d+>}`, `{id<\d+>?1}` and `{page?1}`
      path: toTemplate(
        joinPaths(path.replace(/\{!?(\w+)[^{}]*\}/g, '{$1}')).replace(/(?<=.)\/$/, ''),
        'braces',
      ),
      // NelmioApiDocBundle names operations by method and route.
      operationId: documented ?? (routeName === '' ? null : `${method.toLowerCase()}_${routeName}`),
      handler: range,
      handlerName: name,
      declaredAt: range,
    })),
  );
}
