import { posix } from 'node:path';
import type { Route } from '../../types-code.ts';
import { blockOf, textAt } from '../block-language.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { underscore } from '../inflections.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { RailsControllers } from '../rails/controllers.ts';
import { RailsMapper } from '../rails/mapper.ts';
import { joinParts, OUTERMOST, optionOf, type RailsScope } from '../rails/scope.ts';
import { defineRouteFinder } from '../route-finder.ts';

/** A `routes.draw do … end`; `owner` is the engine or application whose table it is. */
interface Table {
  readonly owner: string;
  readonly place: Place;
}

/** Rails: tables of routes in `config/routes.rb`, drawn files, engines; actions of controllers by their names. */
export default defineRouteFinder({
  framework: 'rails',
  find(resolver) {
    const tables = listTables(resolver);
    return tables.length === 0 ? [] : new RailsRoutes(resolver, tables).find();
  },
});

class RailsRoutes {
  readonly #resolver: Resolver;
  readonly #tables: readonly Table[];
  readonly #controllers: RailsControllers;
  readonly #routes: Route[] = [];
  readonly #mounted = new Set<Table>();
  /** Tables that are being read: an engine may mount itself. */
  readonly #reading = new Set<Table>();

  constructor(resolver: Resolver, tables: readonly Table[]) {
    this.#resolver = resolver;
    this.#tables = tables;
    this.#controllers = new RailsControllers(resolver);
  }

  find(): readonly Route[] {
    const [own, engines] = [this.#tables.filter(isOwn), this.#tables.filter((table) => !isOwn(table))];
    for (const table of own) this.#read(table, OUTERMOST);
    // An engine that is mounted nowhere here is mounted by who uses it.
    for (const table of engines) if (!this.#mounted.has(table)) this.#read(table, OUTERMOST);
    return this.#routes;
  }

  #read(table: Table, scope: RailsScope): void {
    this.#mounted.add(table);
    this.#reading.add(table);
    const mapper = new RailsMapper({
      resolver: this.#resolver,
      controllers: this.#controllers,
      add: (route) => this.#routes.push(route),
      mount: (call, place, at) => this.#mount(call, place, at),
      findTable: (name, fromFile) => this.#findTable(name, fromFile),
    });
    mapper.read(table.place, {
      ...OUTERMOST,
      path: scope.path,
      module: moduleOf(table.owner, this.#resolver),
    });
    this.#reading.delete(table);
  }

  /** `mount Shop::Engine, at: '/shop'` and `mount Shop::Engine => '/shop'`. */
  #mount(call: CallExpression, place: Place, scope: RailsScope): void {
    const [first] = positional(call);
    const pair = first?.kind === 'list' ? first.items : null;
    const app = pair === null ? first : pair[0];
    const at = pair === null ? optionOf(call, scope, 'at') : (pair[1] ?? null);
    const path = textAt(at, place, scope.names, this.#resolver) ?? '';
    if (app?.kind !== 'name') return;
    for (const table of this.#tables) {
      if (this.#reading.has(table) || !sameEngine(table.owner, app.name)) continue;
      this.#read(table, { ...scope, path: joinParts(scope.path, path) });
    }
  }

  #findTable(name: string, fromFile: string): string | null {
    const folder = posix.dirname(fromFile);
    const near = [`${folder}/routes/${name}.rb`, `${folder}/${name}.rb`];
    const files = this.#resolver.program.files;
    const found = near.find((file) => files.has(file));
    if (found !== undefined) return found;
    return [...files.keys()].find((file) => file.endsWith(`config/routes/${name}.rb`)) ?? null;
  }
}

function listTables(resolver: Resolver): readonly Table[] {
  return ['draw', 'append', 'prepend', 'add_routes'].flatMap((name) =>
    resolver.program.callsNamed(name, 'ruby').flatMap(({ file, placed }): Table[] => {
      const { callee } = placed.call;
      const block = blockOf(placed.call);
      if (callee.kind !== 'member' || block === null) return [];
      const owner = name === 'add_routes' ? chain(callee.of) : chain(callee.of)?.replace(/\.routes$/, '');
      const isTable =
        owner !== null &&
        owner !== undefined &&
        (name === 'add_routes' || /\.routes$/.test(chain(callee.of) ?? ''));
      return isTable ? [{ owner, place: { file, scope: block } }] : [];
    }),
  );
}

/** `Rails.application` of calls without arguments. */
function chain(expression: Expression): string | null {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'call') return chain(expression.callee);
  if (expression.kind !== 'member') return null;
  const of = chain(expression.of);
  return of === null ? null : `${of}.${expression.name}`;
}

function isOwn({ owner }: Table): boolean {
  return !/Engine$/.test(owner);
}

function sameEngine(owner: string, named: string): boolean {
  const [a, b] = [owner.replace(/^::/, ''), named.replace(/^::/, '')];
  return a === b || a.endsWith(`::${b}`) || b.endsWith(`::${a}`);
}

/** The module of an engine with `isolate_namespace`. */
function moduleOf(owner: string, { program }: Resolver): string {
  if (!/Engine$/.test(owner)) return '';
  for (const { file, placed } of program.callsNamed('isolate_namespace', 'ruby')) {
    const index = program.classAround({ file, scope: placed.scope });
    if (index === null) continue;
    const { parent, name } = program.symbol({ file, index });
    const path = [parent, name]
      .filter((part) => part !== '')
      .join('::')
      .replaceAll('.', '::');
    const given = placed.call.args[0]?.value;
    if (sameEngine(path, owner) && given?.kind === 'name')
      return underscore(given.name.replaceAll('::', '/'));
  }
  return '';
}
