import type { Argument, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { listArguments } from './arguments.ts';
import { listDefaultNames } from './default-imports.ts';
import type { Entity, Param, Place } from './entity.ts';
import type { Resolver } from './resolver.ts';

interface Given {
  readonly param: Param;
  /** What a pattern such as `{ store, payments }` takes out of it; `null`: the whole. */
  readonly pick: string | null;
}

/** Callers give on what they were given themselves, up to so often. */
const MAX_DEPTH = 4;
/** Of a function with more calls by its name, what is given says little. */
const MAX_CALLS = 40;

/**
 * What a name stands for, also where it is a parameter of a named function: then what its callers give. Factories of
 * JavaScript hand stores and clients on in this way. It is looked at when somebody asks and is never kept, since it
 * says what may be and not what a name means.
 */
export function evaluateGiven(
  expression: Expression,
  place: Place,
  resolver: Resolver,
  depth = 0,
): readonly Entity[] {
  const found = resolver.evaluate(expression, place).filter(({ kind }) => kind !== 'param');
  if (found.length > 0 || depth > MAX_DEPTH || expression.kind !== 'name') return found;
  const given = findParam(expression.name, place, resolver);
  if (given === null) return [];
  if (isInline(given.param, resolver)) return given.pick === null ? listReceivers(given.param, resolver) : [];
  if (!isCalledSeldom(given.param, resolver)) return [];
  const { pick, param } = given;
  const { language } = resolver.program.facts(param.file);
  return listArguments(param, familyOf(language), resolver).flatMap((argument) => {
    const { expression: value, place: at } = argument;
    if (pick === null) return [...evaluateGiven(value, at, resolver, depth + 1)];
    if (value.kind !== 'map' || value.type !== null)
      return evaluateGiven(value, at, resolver, depth + 1).flatMap((owner) => [
        ...resolver.member(owner, pick),
      ]);
    return value.entries.flatMap((entry) =>
      entry.key === pick ? [...evaluateGiven(entry.value, at, resolver, depth + 1)] : [],
    );
  });
}

/** The innermost parameter of this name, also within a pattern. */
function findParam(name: string, { file, scope: inner }: Place, { program }: Resolver): Given | null {
  const { scopes } = program.facts(file);
  for (let scope = inner; scope > 0; scope = scopes[scope]?.parent ?? 0) {
    const params = scopes[scope]?.params ?? [];
    const whole = params.findIndex((param) => param.name === name);
    if (whole >= 0) return { param: { kind: 'param', file, scope, index: whole }, pick: null };
    for (const { value, pick } of program.bindingsOf({ file, scope }, name)) {
      const pattern = value?.kind === 'name' ? value.name : '';
      const index = pattern.startsWith('{') ? params.findIndex((param) => param.name === pattern) : -1;
      if (index >= 0 && typeof pick === 'string')
        return { param: { kind: 'param', file, scope, index }, pick };
    }
  }
  return null;
}

function isInline({ file, scope }: Param, { program }: Resolver): boolean {
  return (
    program.facts(file).scopes[scope]?.symbol === null &&
    listDefaultNames({ file, scope }, program).length === 0
  );
}

/** `orders.transaction((service) => service.place(order))`: what a function is handed to often gives itself to it. */
function listReceivers({ file, scope, index }: Param, resolver: Resolver): readonly Entity[] {
  const takes = ({ value }: Argument) => value.kind === 'function' && value.scope === scope;
  const placed = resolver.program.facts(file).calls.find(({ call }) => call.args.some(takes));
  if (index !== 0 || placed?.call.callee.kind !== 'member') return [];
  return resolver
    .evaluate(placed.call.callee.of, { file, scope: placed.scope })
    .flatMap((entity) => [...resolver.types.of(entity)]);
}

function isCalledSeldom({ file, scope }: Param, { program }: Resolver): boolean {
  const { scopes, language } = program.facts(file);
  const index = scopes[scope]?.symbol ?? null;
  const { name, parent } = index === null ? { name: '', parent: '' } : program.symbol({ file, index });
  const own = name === 'constructor' || name === '__init__' ? parent : name;
  const names = index === null ? listDefaultNames({ file, scope }, program) : [own];
  const calls = names.flatMap((called) => program.callsNamed(called, familyOf(language)));
  return calls.length <= MAX_CALLS;
}
