import { posix } from 'node:path';
import type { Route } from '../types-code.ts';
import { readYaml } from '../yaml.ts';
import type { Handler } from './handlers.ts';
import { methodOf as findMethod } from './laravel/actions.ts';
import { asRecord } from './manifests/manifests.ts';
import type { Resolver } from './names/resolver.ts';
import { methodOf } from './route-finder.ts';
import { joinPaths } from './route-paths.ts';

const MAX_DEPTH = 5;
const TABLE = /(^|\/)(routes|routing)[\w.-]*\.ya?ml$|(^|\/)config\/routes\/[\w./-]+\.ya?ml$/;

/** A route that a table names with its controller. */
export interface TableRoute {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly Route['method'][];
  readonly handler: Handler;
}

/** What Symfony's tables of routes in YAML say (https://symfony.com/doc/current/routing.html). */
export interface SymfonyTables {
  readonly routes: readonly TableRoute[];
  /** The prefix of controllers by the file or folder that a table takes them from. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** Reads `config/routes.yaml` and what it takes in; a table that cannot be read says nothing. */
export function readSymfonyTables(resolver: Resolver): SymfonyTables {
  const { texts } = resolver.program.modules;
  const tables = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [file, text] of texts) if (TABLE.test(file)) tables.set(file, readTable(text, file));
  const reader = new TableReader(tables, resolver);
  const taken = new Set(
    [...tables].flatMap(([file, table]) =>
      Object.values(table).flatMap((entry) => resourceOf(entry, file) ?? []),
    ),
  );
  for (const file of tables.keys()) if (!taken.has(file)) reader.read(file, '', 0);
  return reader;
}

/** The prefix of a controller's file: that of the nearest resource around it; empty: none. */
export function prefixAround(file: string, { prefixes }: SymfonyTables): string {
  for (let at = file; at !== '.' && at !== '/'; at = posix.dirname(at)) {
    const prefix = prefixes.get(at);
    if (prefix !== undefined) return prefix;
  }
  return '';
}

class TableReader implements SymfonyTables {
  readonly routes: TableRoute[] = [];
  readonly prefixes = new Map<string, string>();
  readonly #tables: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly #resolver: Resolver;

  constructor(tables: ReadonlyMap<string, Readonly<Record<string, unknown>>>, resolver: Resolver) {
    this.#tables = tables;
    this.#resolver = resolver;
  }

  read(file: string, before: string, depth: number): void {
    for (const [name, entry] of Object.entries(this.#tables.get(file) ?? {})) {
      const { path, prefix } = asRecord(entry);
      const below = typeof prefix === 'string' ? joinPaths(before, prefix) : before;
      const resource = resourceOf(entry, file);
      if (resource !== null && this.#tables.has(resource)) {
        if (depth < MAX_DEPTH && resource !== file) this.read(resource, below, depth + 1);
      } else if (resource !== null) this.prefixes.set(resource, below);
      else if (typeof path === 'string') this.#route(name, joinPaths(before, path), entry);
    }
  }

  #route(name: string, path: string, entry: unknown): void {
    const { controller, methods, defaults } = asRecord(entry);
    const named = controller ?? asRecord(defaults)._controller;
    const [first] = this.#resolver.program.filesOf('php');
    if (typeof named !== 'string' || first === undefined) return;
    const [type = '', method = '__invoke'] = named.replace(/^\\/, '').split('::');
    for (const entity of this.#resolver.lookup(type, { file: first[0], scope: 0 })) {
      const handler = entity.kind === 'symbol' ? findMethod(entity, method, this.#resolver) : null;
      if (handler === null) continue;
      const listed = Array.isArray(methods) ? methods : typeof methods === 'string' ? methods.split('|') : [];
      const verbs = listed.flatMap((one) => (typeof one === 'string' ? (methodOf(one.trim()) ?? []) : []));
      this.routes.push({ name, path, methods: verbs, handler });
      return;
    }
  }
}

/** Where an entry takes routes from, seen from the workspace; `null`: from nowhere in it. */
function resourceOf(entry: unknown, file: string): string | null {
  const { resource } = asRecord(entry);
  const given = typeof resource === 'string' ? resource : asRecord(resource).path;
  if (typeof given !== 'string' || /^@|\\/.test(given)) return null;
  const plain = given.split(/[*{]/, 1).join().replace(/\/$/, '');
  return posix.join(posix.dirname(file), plain);
}

function readTable(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(readYaml(text, file)[0]?.value);
  } catch {
    // Symfony says what is wrong with it.
    return {};
  }
}
