import { entryOf, lastName, positional } from './expressions.ts';
import type { CallExpression, Expression, SymbolFact } from './facts.ts';
import { constantOf } from './names/constants.ts';
import { type Entity, keyOf, type Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

/** What an application of Nest says about the paths of all its controllers. */
export interface NestApplication {
  /** What `setGlobalPrefix` puts before every path but those in `excluded`. */
  readonly prefix: string;
  readonly excluded: readonly string[];
  /** Versions stand in the path, after this text; `null`: they do not. */
  readonly versionPrefix: string | null;
  readonly defaultVersions: readonly string[];
}

/** The application whose start lies nearest to `file`. */
export function applicationAround(file: string, resolver: Resolver): NestApplication {
  const nearest = nearestCall('setGlobalPrefix', file, resolver);
  const versioning = nearestCall('enableVersioning', file, resolver);
  const [given = null, options = null] = nearest === null ? [] : positional(nearest.call);
  const prefix = nearest === null ? '' : (constantOf(given, nearest.place, resolver) ?? '');
  const exclude = entryOf(options, 'exclude');
  const excluded = (exclude?.kind === 'list' ? exclude.items : []).flatMap((item) => {
    const path = item.kind === 'map' ? entryOf(item, 'path') : item;
    return nearest === null ? [] : (constantOf(path, nearest.place, resolver) ?? []);
  });
  if (versioning === null) return { prefix, excluded, versionPrefix: null, defaultVersions: [] };
  const [setting = null] = positional(versioning.call);
  const type = entryOf(setting, 'type');
  const isInPath = type === null || lastName(type) === 'URI';
  const own = entryOf(setting, 'prefix');
  const before =
    own?.kind === 'other' && own.text === 'false' ? '' : constantOf(own, versioning.place, resolver);
  return {
    prefix,
    excluded,
    // By URI unless another type is named.
    versionPrefix: isInPath ? (before ?? 'v') : null,
    defaultVersions: versionsOf(entryOf(setting, 'defaultVersion'), versioning.place, resolver) ?? [],
  };
}

/** Versions that a decorator states; empty texts stand for `VERSION_NEUTRAL`; `null`: it states none. */
export function versionsOf(
  expression: Expression | null,
  place: Place,
  resolver: Resolver,
): readonly string[] | null {
  if (expression === null) return null;
  const items = expression.kind === 'list' ? expression.items : [expression];
  const texts = items.flatMap((item) =>
    lastName(item) === 'VERSION_NEUTRAL' ? [''] : (constantOf(item, place, resolver) ?? []),
  );
  return texts.length === 0 ? null : texts;
}

/** Whether `exclude` of the global prefix names a path; `*` and `(.*)` at its end stand for all below. */
export function isExcluded(path: string, excluded: readonly string[]): boolean {
  const bare = path.replace(/^\/|\/$/g, '');
  return excluded.some((pattern) => {
    const [, base = '', wild] = /^\/?(.*?)\/?(\(\.\*\)|\{?\/?\*\w*\}?)?$/.exec(pattern) ?? [];
    return bare === base || (wild !== undefined && bare.startsWith(base === '' ? '' : `${base}/`));
  });
}

/** Paths of `RouterModule.register([{ path, module, children }])` by the controller that they stand before. */
export function listModulePaths(resolver: Resolver): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (list: Expression | null, at: Place, before: string, depth: number): void => {
    const rows = list === null || depth > 6 ? [] : resolver.values.items(list, at);
    for (const row of rows) {
      if (row.kind === 'symbol') addModule(row, before);
      if (row.kind !== 'value') continue;
      const path = `${before}/${constantOf(entryOf(row.value, 'path'), row, resolver) ?? ''}`;
      const module = entryOf(row.value, 'module');
      for (const entity of module === null ? [] : resolver.evaluate(module, row)) addModule(entity, path);
      add(entryOf(row.value, 'children'), row, path, depth + 1);
    }
  };
  const addModule = (module: Entity, path: string): void => {
    for (const controller of controllersOf(module, resolver)) {
      const key = keyOf(controller);
      found.set(key, [...(found.get(key) ?? []), path]);
    }
  };
  for (const [file, { symbols }] of resolver.program.files) {
    for (const symbol of symbols) {
      const at = { file, scope: symbol.inScope };
      for (const one of importedModules(symbol)) {
        if (one.kind !== 'call' || one.callee.kind !== 'member') continue;
        const isRouter = lastName(one.callee.of) === 'RouterModule';
        if (isRouter) add(positional(one)[0] ?? null, at, '', 0);
      }
    }
  }
  return found;
}

/** The `imports` of a class with `@Module({ imports, controllers })`. */
function importedModules({ decorators }: SymbolFact): readonly Expression[] {
  const list = entryOf(moduleOptions(decorators), 'imports');
  return list?.kind === 'list' ? list.items : [];
}

function moduleOptions(decorators: readonly Expression[]): Expression | null {
  for (const decorator of decorators) {
    if (decorator.kind === 'call' && lastName(decorator.callee) === 'Module')
      return positional(decorator)[0] ?? null;
  }
  return null;
}

function controllersOf(module: Entity, resolver: Resolver): readonly Entity[] {
  if (module.kind !== 'symbol') return [];
  const { decorators, inScope } = resolver.program.symbol(module);
  const at = { file: module.file, scope: inScope };
  const list = entryOf(moduleOptions(decorators), 'controllers');
  return list === null ? [] : resolver.values.items(list, at);
}

function nearestCall(
  name: string,
  file: string,
  resolver: Resolver,
): { readonly call: CallExpression; readonly place: Place } | null {
  const calls = resolver.program.callsNamed(name, 'javascript');
  const [best] = [...calls].sort((a, b) => shared(b.file, file) - shared(a.file, file));
  if (best === undefined) return null;
  return { call: best.placed.call, place: { file: best.file, scope: best.placed.scope } };
}

function shared(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}
