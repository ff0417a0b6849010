import type { BlockNames } from '../block-language.ts';
import type { CallExpression, Expression } from '../facts.ts';

/** A resource of `resources` or `resource`. */
export interface RailsResource {
  readonly path: string;
  readonly controller: string;
  /** One object without an id in its paths. */
  readonly isSingular: boolean;
  readonly param: string;
  readonly nestedParam: string;
}

/** What the calls around a route say about it; the names are those of Action Dispatch's mapper. */
export interface RailsScope {
  readonly path: string;
  /** Path of members below a `shallow` resource. */
  readonly shallowPath: string;
  readonly module: string;
  readonly controller: string | null;
  readonly isShallow: boolean;
  readonly level: 'none' | 'resources' | 'resource' | 'nested' | 'inside';
  readonly resource: RailsResource | null;
  /** Options of `with_options` and `scope only: …`, which hold for all calls inside. */
  readonly options: ReadonlyMap<string, Expression>;
  readonly names: BlockNames;
}

/** Where a table of routes begins. */
export const OUTERMOST: RailsScope = {
  path: '',
  shallowPath: '',
  module: '',
  controller: null,
  isShallow: false,
  level: 'none',
  resource: null,
  options: new Map(),
  names: new Map(),
};

/** Joins parts of a path or of a module. */
export function joinParts(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
}

/** Says whether what is declared here stands below a resource. */
export function isInResource(scope: RailsScope): boolean {
  return scope.level === 'resources' || scope.level === 'resource';
}

/** The scope of what stands inside `member`, `collection` or `nested`. */
export function enterResource(
  scope: RailsScope,
  where: 'member' | 'collection' | 'new' | 'nested',
): RailsScope {
  const { resource } = scope;
  if (resource === null) return scope;
  const base = scope.isShallow && where !== 'collection' && where !== 'new' ? scope.shallowPath : scope.path;
  const below =
    where === 'new'
      ? 'new'
      : resource.isSingular || where === 'collection'
        ? ''
        : `:${where === 'member' ? resource.param : resource.nestedParam}`;
  const path = joinParts(base, resource.path, below);
  return { ...scope, path, level: where === 'nested' ? 'nested' : 'inside' };
}

/** An option of a call, or one that holds for all calls around it. */
export function optionOf(
  call: CallExpression,
  scope: RailsScope,
  ...names: readonly string[]
): Expression | null {
  for (const { name, value } of call.args) if (name !== null && names.includes(name)) return value;
  for (const name of names) {
    const inherited = scope.options.get(name);
    if (inherited !== undefined) return inherited;
  }
  return null;
}
