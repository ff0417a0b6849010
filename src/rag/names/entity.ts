import type { Expression } from '../facts.ts';

/** Where an expression stands: names mean what they mean there. */
export interface Place {
  readonly file: string;
  readonly scope: number;
}

/** What an expression stands for, followed through names, imports and exports as far as the code tells. */
export type Entity =
  /** A function, method, class or interface: an index into its file's `symbols`. */
  | { readonly kind: 'symbol'; readonly file: string; readonly index: number }
  /** An object of a class of the workspace. */
  | { readonly kind: 'instance'; readonly file: string; readonly index: number }
  /** An expression that is no name, such as a call or a literal, and where it stands. */
  | { readonly kind: 'value'; readonly file: string; readonly scope: number; readonly value: Expression }
  | { readonly kind: 'param'; readonly file: string; readonly scope: number; readonly index: number }
  /** A module of the workspace: a file, or for Go and its like a folder. */
  | { readonly kind: 'module'; readonly file: string }
  /** Something of a library, e.g. `fastapi.APIRouter` or `github.com/labstack/echo/v4.New`. */
  | { readonly kind: 'external'; readonly name: string };

/** A parameter, by its place among those of its function. */
export type Param = Entity & { readonly kind: 'param' };

/** Names an entity, so that the same one is looked at once. */
export function keyOf(entity: Entity): string {
  switch (entity.kind) {
    case 'symbol':
    case 'instance':
      return `${entity.kind}:${entity.file}:${entity.index}`;
    case 'param':
      return `param:${entity.file}:${entity.scope}:${entity.index}`;
    case 'module':
      return `module:${entity.file}`;
    case 'external':
      return `external:${entity.name}`;
    case 'value':
      return `value:${entity.file}:${valueKey(entity.value)}`;
  }
}

const MAX_ENTITIES = 12;

/** Each entity once, and no more than code could mean. */
export function distinctEntities(entities: readonly Entity[]): readonly Entity[] {
  if (entities.length < 2) return entities;
  return [...new Map(entities.map((entity) => [keyOf(entity), entity])).values()].slice(0, MAX_ENTITIES);
}

function valueKey(value: Expression): string {
  if (value.kind === 'call') return `call:${value.at}`;
  if (value.kind === 'function') return `function:${value.scope}`;
  return JSON.stringify(value).slice(0, 200);
}
