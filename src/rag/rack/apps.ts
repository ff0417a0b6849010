import { blockOf, textAt } from '../block-language.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

/** A class whose body declares routes. */
export type RackApp = Entity & { readonly kind: 'symbol' };

interface Mount {
  /** The application that mounts it; `null`: the server. */
  readonly owner: RackApp | null;
  readonly path: string;
}

const MOUNTS = ['run', 'use', 'mount', 'new'];
/** Calls with a block that put a path before what stands inside. */
const GROUPS = /^(map|namespace|scope|resources?|group|segment|route_param)$/;
/** Tests mount applications wherever it suits them. */
const TEST_FOLDER = /(^|\/)(tests?|specs?|features)\//;
const MAX_DEPTH = 6;

/** Finds the classes that extend one of a library, and below which paths they answer. */
export class RackApps {
  readonly #resolver: Resolver;
  readonly #mounts = new Map<string, Mount[]>();
  readonly all: readonly RackApp[];

  constructor(resolver: Resolver, base: RegExp) {
    this.#resolver = resolver;
    this.all = listApps(resolver, base);
    const known = new Set(this.all.map(keyOf));
    if (known.size === 0) return;
    for (const name of MOUNTS) {
      for (const { file, placed } of resolver.program.callsNamed(name, 'ruby')) {
        if (!TEST_FOLDER.test(file)) this.#read(placed.call, { file, scope: placed.scope }, known);
      }
    }
  }

  /** Paths below which an application answers; `baseOf` gives what another one puts before all that it mounts. */
  prefixesOf(app: RackApp, baseOf: (app: RackApp) => string, depth = 0): readonly string[] {
    const mounts = this.#mounts.get(keyOf(app)) ?? [];
    if (depth > MAX_DEPTH) return [];
    if (mounts.length === 0) {
      // A class that only others extend answers where they do.
      const heirs = this.all.filter((other) => this.#extends(other, app));
      const found = heirs.flatMap((heir) => [...this.prefixesOf(heir, baseOf, depth + 1)]);
      return found.length === 0 ? [''] : [...new Set(found)];
    }
    const found = mounts.flatMap(({ owner, path }) => {
      if (owner === null) return [path];
      return this.prefixesOf(owner, baseOf, depth + 1).map((outer) => `${outer}/${baseOf(owner)}/${path}`);
    });
    return [...new Set(found)];
  }

  #extends(heir: RackApp, app: RackApp): boolean {
    return this.#resolver.types
      .basesOf(heir)
      .some((base) => base.file === app.file && base.index === app.index);
  }

  #read(call: CallExpression, place: Place, known: ReadonlySet<string>): void {
    for (const { app, path } of this.#mountedBy(call, place)) {
      for (const entity of this.#resolver.evaluate(app, place)) {
        if (entity.kind !== 'symbol' || !known.has(keyOf(entity))) continue;
        const index = this.#resolver.program.classAround(place);
        const around = index === null ? null : ({ kind: 'symbol', file: place.file, index } as const);
        const owner = around !== null && known.has(keyOf(around)) ? around : null;
        const mounts = this.#mounts.get(keyOf(entity)) ?? [];
        mounts.push({ owner, path: `${enclosingPath(place, this.#resolver)}/${path}` });
        this.#mounts.set(keyOf(entity), mounts);
      }
    }
  }

  #mountedBy(call: CallExpression, place: Place): { app: Expression; path: string }[] {
    const isPlain = call.callee.kind === 'name';
    const text = (expression: Expression | null) =>
      textAt(expression, place, new Map(), this.#resolver) ?? '';
    const at = call.args.find((argument) => argument.name === 'at')?.value ?? null;
    return positional(call).flatMap((given, index) => {
      if (given.kind === 'map') return [];
      if (given.kind !== 'list')
        return isPlain && index === 0 ? [{ app: classIn(given), path: text(at) }] : [];
      // `'/api' => Api` of a Rack::URLMap, `Api => '/api'` of a mount.
      const [left, right] = given.items;
      if (left === undefined || right === undefined) return [];
      return left.kind === 'name' || left.kind === 'call'
        ? [{ app: classIn(left), path: text(right) }]
        : [{ app: classIn(right), path: text(left) }];
    });
  }
}

/** The path that the blocks around a place put before it. */
export function enclosingPath(place: Place, resolver: Resolver): string {
  const facts = resolver.program.facts(place.file);
  const parts: string[] = [];
  for (let scope = place.scope; scope > 0; scope = facts.scopes[scope]?.parent ?? 0) {
    if (facts.scopes[scope]?.kind === 'class') break;
    const call = callWithBlock(scope, facts);
    if (call?.callee.kind !== 'name' || !GROUPS.test(call.callee.name)) continue;
    const text = textAt(positional(call)[0], { file: place.file, scope }, new Map(), resolver);
    if (text !== null) parts.unshift(call.callee.name === 'route_param' ? `:${text}` : text);
  }
  return parts.join('/');
}

function callWithBlock(scope: number, facts: FileFacts): CallExpression | null {
  return facts.calls.find(({ call }) => blockOf(call) === scope)?.call ?? null;
}

/** `Api.new`, `Api.freeze.app` and `Api` alike. */
function classIn(expression: Expression): Expression {
  if (expression.kind === 'call' && expression.callee.kind === 'member') return classIn(expression.callee.of);
  return expression;
}

function listApps(resolver: Resolver, base: RegExp): readonly RackApp[] {
  return resolver.program.filesOf('ruby').flatMap(([file, facts]) => {
    return facts.symbols.flatMap((symbol, index): RackApp[] => {
      const app: RackApp = { kind: 'symbol', file, index };
      return symbol.kind === 'class' && extendsLibrary(app, base, resolver, 0) ? [app] : [];
    });
  });
}

function extendsLibrary(app: RackApp, base: RegExp, resolver: Resolver, depth: number): boolean {
  const { bases, inScope } = resolver.program.symbol(app);
  // Written in full it is the library's, also where the application adds modules of its own to it.
  if (bases.some((one) => base.test((lastName(one) ?? '').replace(/^::/, '')))) return true;
  return bases.some((one) =>
    resolver.evaluate(one, { file: app.file, scope: inScope }).some((entity) => {
      if (entity.kind === 'external') return base.test(entity.name.replace(/^::/, ''));
      return (
        entity.kind === 'symbol' && depth < MAX_DEPTH && extendsLibrary(entity, base, resolver, depth + 1)
      );
    }),
  );
}

function keyOf({ file, index }: RackApp): string {
  return `${file}:${index}`;
}
