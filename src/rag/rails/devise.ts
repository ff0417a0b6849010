import { textAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { RouteTarget } from './endpoints.ts';
import { routesOfAction } from './matches.ts';
import { joinParts, optionOf, type RailsScope } from './scope.ts';

/** Routes of Devise: kind of controller, method, key of the segment that may be renamed, what follows it, action. */
const ROUTES = [
  ['sessions', 'GET', 'sign_in', '', 'new'],
  ['sessions', 'POST', 'sign_in', '', 'create'],
  ['sessions', 'DELETE', 'sign_out', '', 'destroy'],
  ['passwords', 'GET', 'password', 'new', 'new'],
  ['passwords', 'GET', 'password', 'edit', 'edit'],
  ['passwords', 'PUT', 'password', '', 'update'],
  ['passwords', 'PATCH', 'password', '', 'update'],
  ['passwords', 'POST', 'password', '', 'create'],
  ['registrations', 'GET', 'registration', 'cancel', 'cancel'],
  ['registrations', 'GET', 'registration', 'sign_up', 'new'],
  ['registrations', 'GET', 'registration', 'edit', 'edit'],
  ['registrations', 'PUT', 'registration', '', 'update'],
  ['registrations', 'PATCH', 'registration', '', 'update'],
  ['registrations', 'DELETE', 'registration', '', 'destroy'],
  ['registrations', 'POST', 'registration', '', 'create'],
  ['confirmations', 'GET', 'confirmation', 'new', 'new'],
  ['confirmations', 'GET', 'confirmation', '', 'show'],
  ['confirmations', 'POST', 'confirmation', '', 'create'],
  ['unlocks', 'GET', 'unlock', 'new', 'new'],
  ['unlocks', 'GET', 'unlock', '', 'show'],
  ['unlocks', 'POST', 'unlock', '', 'create'],
] as const;

/** Reads `devise_for :users, controllers: { sessions: 'users/sessions' }`; what Devise itself answers is not here. */
export function readDevise(call: CallExpression, place: Place, scope: RailsScope, target: RouteTarget): void {
  const text = (expression: Parameters<typeof textAt>[0]) =>
    textAt(expression, place, scope.names, target.resolver);
  const controllers = optionOf(call, scope, 'controllers');
  const names = optionOf(call, scope, 'path_names');
  for (const given of positional(call)) {
    const resource = text(given);
    if (resource === null) continue;
    const base = text(optionOf(call, scope, 'path')) ?? resource;
    for (const [kind, method, segment, below, action] of ROUTES) {
      const controller = text(entryOf(controllers, kind));
      if (controller === null) continue;
      // A registration has no segment of its own, unless it is given one.
      const own = text(entryOf(names, segment)) ?? (segment === 'registration' ? '' : segment);
      const last = below === 'sign_up' ? (text(entryOf(names, 'sign_up')) ?? below) : below;
      const path = joinParts(scope.path, base, own, last);
      // The name of the controller is whole, whatever namespace is around.
      const at = { ...scope, module: '', controller };
      routesOfAction(method, path, action, call, place, at, target);
    }
  }
}
