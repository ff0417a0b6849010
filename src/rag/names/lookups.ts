import type { Binding, CallExpression, Expression } from '../facts.ts';
import type { Entity, Place } from './entity.ts';
import type { Program } from './program.ts';

/** What the parts of the resolver ask of one another. */
export interface Lookups {
  readonly program: Program;
  /** What `expression` stands for at `place`, names followed. */
  evaluate(expression: Expression, place: Place): readonly Entity[];
  /** A member of what `owner` stands for. */
  member(owner: Entity, name: string): readonly Entity[];
  /** What a name means at a place. */
  lookup(name: string, place: Place): readonly Entity[];
  /** What a module of the workspace gives under `name`. */
  exportOf(file: string, name: string): readonly Entity[];
  /** What one binding holds. */
  followBinding(binding: Binding, file: string): readonly Entity[];
}

/** The scope of a function that an entity stands for; `null`: it is none. */
export function scopeOf(entity: Entity, program: Program): Place | null {
  if (entity.kind === 'value' && entity.value.kind === 'function') {
    return { file: entity.file, scope: entity.value.scope };
  }
  if (entity.kind !== 'symbol') return null;
  const { scope, kind } = program.symbol(entity);
  return scope === null || kind === 'class' || kind === 'interface' ? null : { file: entity.file, scope };
}

/** The module of `require('m')`; `null`: it is another call. */
export function requiredModule(call: CallExpression): string | null {
  const [first] = call.args;
  const isRequire = call.callee.kind === 'name' && /^(require|import)$/.test(call.callee.name);
  return isRequire && first?.value.kind === 'string' ? first.value.value : null;
}
