import { type BlockNames, textAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { ChainLink } from '../names/call-chain.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { routeText } from './config.ts';

/** What the groups around a route say about it. */
export interface LaravelGroup {
  readonly prefix: string;
  /** Namespace of controllers that are given by name. */
  readonly namespace: string;
  readonly controller: (Entity & { readonly kind: 'symbol' }) | null;
  readonly names: BlockNames;
  /** What the groups put before the names of their routes. */
  readonly routeName: string;
}

/** Outside of all groups. */
export const UNGROUPED: LaravelGroup = {
  prefix: '',
  namespace: '',
  controller: null,
  names: new Map(),
  routeName: '',
};

/** The group that the calls before a route or another group make. */
export function enterGroup(
  links: readonly ChainLink[],
  outer: LaravelGroup,
  place: Place,
  resolver: Resolver,
): LaravelGroup {
  let group = outer;
  for (const { name, call } of links) {
    const [first = null] = positional(call);
    if (name === 'prefix') group = withPrefix(group, first, place, resolver);
    else if (name === 'namespace') group = withNamespace(group, first, place, resolver);
    else if (name === 'controller') group = withController(group, first, place, resolver);
    else if (name === 'name' || name === 'as') group = withName(group, first, place, resolver);
    else if (name === 'group' && first?.kind === 'map') {
      group = withName(group, entryOf(first, 'as'), place, resolver);
      group = withPrefix(group, entryOf(first, 'prefix'), place, resolver);
      group = withNamespace(group, entryOf(first, 'namespace'), place, resolver);
      group = withController(group, entryOf(first, 'controller'), place, resolver);
    }
  }
  return group;
}

/** The class that a controller is given as: `C::class`, or its name below the group's namespace. */
export function classAt(
  given: Expression | null,
  group: LaravelGroup,
  place: Place,
  resolver: Resolver,
): (Entity & { readonly kind: 'symbol' }) | null {
  if (given === null) return null;
  const text = given.kind === 'name' ? null : textAt(given, place, group.names, resolver);
  const names =
    text === null
      ? [given.kind === 'name' ? given.name : '']
      : namesOf(text.replace(/^\\/, ''), group.namespace);
  for (const name of names) {
    for (const entity of name === '' ? [] : resolver.lookup(name, place)) {
      if (entity.kind === 'symbol' && resolver.program.symbol(entity).kind === 'class') return entity;
    }
  }
  return null;
}

const CONTROLLERS = 'App\\Http\\Controllers';

function namesOf(text: string, namespace: string): readonly string[] {
  const joined = namespace === '' ? text : `${namespace}\\${text}`;
  return [joined, `${CONTROLLERS}\\${joined}`, text, `${CONTROLLERS}\\${text}`];
}

function withPrefix(
  group: LaravelGroup,
  given: Expression | null,
  place: Place,
  resolver: Resolver,
): LaravelGroup {
  const prefix = routeText(given, group.names, place, resolver);
  return prefix === null ? group : { ...group, prefix: `${group.prefix}/${prefix}` };
}

function withName(
  group: LaravelGroup,
  given: Expression | null,
  place: Place,
  resolver: Resolver,
): LaravelGroup {
  const name = textAt(given, place, group.names, resolver);
  return name === null ? group : { ...group, routeName: group.routeName + name };
}

function withNamespace(
  group: LaravelGroup,
  given: Expression | null,
  place: Place,
  resolver: Resolver,
): LaravelGroup {
  const text = textAt(given, place, group.names, resolver);
  if (text === null) return group;
  const inner = text.replace(/^\\+|\\+$/g, '').replace(/\\+/g, '\\');
  const isWhole = text.startsWith('\\') || group.namespace === '';
  return { ...group, namespace: isWhole ? inner : `${group.namespace}\\${inner}` };
}

function withController(
  group: LaravelGroup,
  given: Expression | null,
  place: Place,
  resolver: Resolver,
): LaravelGroup {
  return given === null ? group : { ...group, controller: classAt(given, group, place, resolver) };
}
