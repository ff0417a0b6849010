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
  return decorators.flatMap((decorator): Attribute[] => {
    if (decorator.kind !== 'call' || lastName(decorator.callee) !== 'Route') return [];
    const name = textAt(keyword(decorator, 'name'), place, new Map(), resolver) ?? '';
    const methods = verbsOf(decorator, place, resolver);
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
  return textsAt(keyword(call, 'methods'), place, new Map(), resolver).flatMap(
    (text) => methodOf(text) ?? [],
  );
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
