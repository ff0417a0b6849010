import { textAt, textsAt } from '../block-language.ts';
import type { CallExpression } from '../facts.ts';
import { pluralize, singularize } from '../inflections.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { optionOf, type RailsResource, type RailsScope } from './scope.ts';

/** One of the routes that `resources` gives by itself. */
export interface StandardAction {
  readonly action: string;
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[];
  readonly where: 'member' | 'collection' | 'new';
  readonly below: string;
}

const STANDARD_ACTIONS: readonly StandardAction[] = [
  { action: 'index', methods: ['GET'], where: 'collection', below: '' },
  { action: 'create', methods: ['POST'], where: 'collection', below: '' },
  { action: 'new', methods: ['GET'], where: 'new', below: '' },
  { action: 'edit', methods: ['GET'], where: 'member', below: 'edit' },
  { action: 'show', methods: ['GET'], where: 'member', below: '' },
  { action: 'update', methods: ['PATCH', 'PUT'], where: 'member', below: '' },
  { action: 'destroy', methods: ['DELETE'], where: 'member', below: '' },
];

/** Reads what `resources :orders, path: …, controller: …, param: …` says. */
export function readResource(
  name: string,
  call: CallExpression,
  isSingular: boolean,
  scope: RailsScope,
  place: Place,
  resolver: Resolver,
): RailsResource {
  const text = (option: string) => textAt(optionOf(call, scope, option), place, scope.names, resolver);
  const param = text('param') ?? 'id';
  return {
    path: text('path') ?? name,
    controller: text('controller') ?? (isSingular ? pluralize(name) : name),
    isSingular,
    param,
    nestedParam: `${text('as') ?? singularize(name.split('/').at(-1) ?? name)}_${param}`,
  };
}

/** The actions that `only` and `except` leave. */
export function standardActions(
  call: CallExpression,
  isSingular: boolean,
  scope: RailsScope,
  place: Place,
  resolver: Resolver,
): readonly StandardAction[] {
  const listed = (option: string) => optionOf(call, scope, option);
  const only = listed('only');
  const allowed = only === null ? null : textsAt(only, place, scope.names, resolver);
  const denied = textsAt(listed('except'), place, scope.names, resolver);
  return STANDARD_ACTIONS.filter(
    ({ action }) =>
      !(isSingular && action === 'index') &&
      (allowed === null || allowed.includes(action)) &&
      (allowed !== null || !denied.includes(action)),
  );
}
