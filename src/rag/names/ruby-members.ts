import { positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { camelize, singularize } from '../inflections.ts';
import type { Entity } from './entity.ts';
import type { Lookups } from './lookups.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** Calls on a class or a relation that give objects of it. */
const GIVES_ITSELF =
  /^(new|create!?|build|find|find_by!?|find_or_(create|initialize)_by!?|find_sole_by|first!?|last!?|take!?|where|order|includes|joins|preload|limit|all|unscoped|lock|kept|not)$/;
const LATER = /^perform_(later|async|now|in|at)$|^perform_(bulk|inline)$/;
const ASSOCIATIONS = /^(has_many|has_one|belongs_to|has_and_belongs_to_many)$/;

/**
 * A member that no method states: a variable read through `attr_reader`, an association of a model, what Active Record
 * gives, the `perform` behind `perform_later`.
 */
export function findRubyMember(owner: ClassEntity, name: string, lookups: Lookups): readonly Entity[] {
  if (name.startsWith('@')) return [];
  const held = lookups.member(owner, `@${name}`);
  if (held.length > 0) return held;
  if (GIVES_ITSELF.test(name)) return [{ kind: 'symbol', file: owner.file, index: owner.index }];
  if (LATER.test(name)) return lookups.member(owner, 'perform');
  const associated = findAssociated(owner, name, lookups);
  return associated.length > 0 ? associated : findOfLibrary(owner, name, lookups);
}

/** A class that includes HTTParty is a client itself. */
function findOfLibrary(owner: ClassEntity, name: string, lookups: Lookups): readonly Entity[] {
  const { bases } = lookups.program.symbol(owner);
  const isClient = bases.some((base) => base.kind === 'name' && base.name === 'HTTParty');
  return isClient ? [{ kind: 'external', name: `HTTParty.${name}` }] : [];
}

function findAssociated(owner: ClassEntity, name: string, lookups: Lookups): readonly Entity[] {
  const { scope } = lookups.program.symbol(owner);
  if (scope === null) return [];
  const facts = lookups.program.facts(owner.file);
  for (const placed of facts.calls) {
    const { call } = placed;
    if (placed.scope !== scope || call.callee.kind !== 'name' || !ASSOCIATIONS.test(call.callee.name))
      continue;
    const [first] = positional(call);
    if (first?.kind !== 'string' || first.value !== name) continue;
    const place = { file: owner.file, scope };
    return lookups.lookup(classNameOf(call, name), place).filter((entity) => entity.kind === 'symbol');
  }
  return [];
}

function classNameOf(call: CallExpression, name: string): string {
  const given = call.args.find((argument) => argument.name === 'class_name')?.value;
  if (given?.kind === 'string') return given.value;
  const isMany = call.callee.kind === 'name' && /many/.test(call.callee.name);
  return camelize(isMany ? singularize(name) : name);
}
