import type { Route } from '../../types-code.ts';
import { textAt, textsAt } from '../block-language.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Handler } from '../handlers.ts';
import type { Place } from '../names/entity.ts';
import { methodOf } from '../route-finder.ts';
import { toTemplate } from '../route-paths.ts';
import type { RouteTarget } from './endpoints.ts';
import { enterResource, joinParts, optionOf, type RailsScope } from './scope.ts';

const OPTIONS =
  /^(to|as|controller|action|via|on|only|except|constraints|defaults|format|module|path|param|shallow|anchor|concerns|id|internal|redirect)$/;
const CANONICAL = /^(index|create|new|show|update|destroy)$/;
const MAX_VARIANTS = 4;

interface Endpoint {
  readonly path: string;
  /** What stands right of `=>` or after `to:`. */
  readonly to: Expression | null;
}

/** Reads `get 'path', to: 'controller#action'` and its other forms. */
export function readMatch(
  verb: string,
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  target: RouteTarget,
): void {
  const on = textAt(optionOf(call, scope, 'on'), place, scope.names, target.resolver);
  const at = enclosing(scope, on);
  for (const { path, to } of listEndpoints(call, place, scope, target)) {
    for (const method of methodsOf(verb, call, place, scope, target)) {
      const written = isAction(path) && at.level !== 'none' ? path.replace(/^\/+/, '') : path;
      const handler = handlerOf(written, to, call, place, at, target);
      // `delete :destroy, on: :collection` adds nothing to the path.
      const below = at.level === 'inside' && CANONICAL.test(path) ? '' : path;
      if (handler !== null) addRoutes(method, joinParts(at.path, below), handler, call, place, target);
    }
  }
}

/** Reads `root 'controller#action'`. */
export function readRoot(call: CallExpression, place: Place, scope: RailsScope, target: RouteTarget): void {
  const to = optionOf(call, scope, 'to') ?? positional(call)[0] ?? null;
  const handler = handlerOf('', to, call, place, scope, target);
  if (handler !== null) addRoutes('GET', scope.path, handler, call, place, target);
}

/** Adds the route of an action that `resources` gives. */
export function routesOfAction(
  method: Route['method'],
  path: string,
  action: string,
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  target: RouteTarget,
): void {
  const handler = target.controllers.findAction(fullName(scope, scope.controller ?? ''), action, place.file);
  if (handler !== null) addRoutes(method, path, handler, call, place, target);
}

/** Without `on`, a route inside `resources` is nested, inside `resource` a member's. */
function enclosing(scope: RailsScope, on: string | null): RailsScope {
  if (on === 'member' || on === 'collection' || on === 'new') return enterResource(scope, on);
  if (scope.level === 'resources') return enterResource(scope, 'nested');
  return scope.level === 'resource' ? enterResource(scope, 'member') : scope;
}

function listEndpoints(
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  { resolver }: RouteTarget,
): readonly Endpoint[] {
  const to = optionOf(call, scope, 'to');
  const found: Endpoint[] = [];
  for (const { name, value } of call.args) {
    if (name !== null) {
      // `get 'orders' => 'orders#index'`
      if (!OPTIONS.test(name)) found.push({ path: name, to: value });
    } else if (value.kind === 'list' && value.items.length === 2 && isPair(value.items)) {
      const path = textAt(value.items[0], place, scope.names, resolver);
      if (path !== null) found.push({ path, to: value.items[1] ?? null });
    } else if (value.kind !== 'function') {
      found.push(...textsAt(value, place, scope.names, resolver).map((path) => ({ path, to })));
    }
  }
  const given = optionOf(call, scope, 'path');
  const path = given === null ? null : textAt(given, place, scope.names, resolver);
  return path === null ? found : found.map((endpoint) => ({ ...endpoint, path: joinParts(path) }));
}

/** `'/x' => 'c#a'`, not a list of two paths. */
function isPair([path, to]: readonly Expression[]): boolean {
  if (path === undefined || to === undefined) return false;
  return (
    to.kind !== 'string' || to.value.includes('#') || /[/:]/.test(path.kind === 'string' ? path.value : '/')
  );
}

function methodsOf(
  verb: string,
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  { resolver }: RouteTarget,
): readonly Route['method'][] {
  if (verb !== 'match') return [methodOf(verb) ?? 'ANY'];
  const via = textsAt(optionOf(call, scope, 'via'), place, scope.names, resolver);
  const methods = via.flatMap((text) => methodOf(text) ?? []);
  return methods.length === 0 ? ['ANY'] : methods;
}

function handlerOf(
  path: string,
  to: Expression | null,
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  target: RouteTarget,
): Handler | null {
  const { resolver, controllers } = target;
  if (to?.kind === 'function') {
    return { name: null, range: { file: place.file, startLine: call.line, endLine: call.endLine } };
  }
  const text = (option: string) => textAt(optionOf(call, scope, option), place, scope.names, resolver);
  const named = to === null ? null : textAt(to, place, scope.names, resolver);
  if (to !== null && named === null) return rackHandler(to, place, target);
  const [left, right] = (named ?? '').includes('#') ? (named ?? '').split('#') : [null, named];
  const shorthand =
    named === null && text('action') === null ? /^\/?([-\w]+(?:\/[-\w]+)*)\/([-\w]+)$/.exec(path) : null;
  const action = right ?? text('action') ?? (shorthand?.[2] ?? lastAction(path)).replaceAll('-', '_');
  const module = text('module') ?? '';
  const controller = left ?? text('controller') ?? shorthand?.[1]?.replaceAll('-', '_') ?? scope.controller;
  // In a namespace without a controller, Rails takes the namespace's own name for it.
  if (controller === null || controller === undefined) {
    return scope.module === '' ? null : controllers.findAction(scope.module, action, place.file);
  }
  const full = fullName({ ...scope, module: joinParts(scope.module, module) }, controller);
  const found = controllers.findAction(full, action, place.file);
  if (found !== null || shorthand === null || shorthand === undefined || scope.controller === null)
    return found;
  return controllers.findAction(joinParts(scope.module, scope.controller), action, place.file);
}

/** A controller below the modules around it, unless it begins with a slash. */
function fullName({ module }: RailsScope, controller: string): string {
  return controller.startsWith('/') ? controller.slice(1) : joinParts(module, controller);
}

/** A class that answers by itself, such as `to: HealthCheck`. */
function rackHandler(to: Expression, place: Place, { resolver }: RouteTarget): Handler | null {
  if (to.kind === 'call' && to.callee.kind === 'name') return null;
  const app = to.kind === 'call' && to.callee.kind === 'member' ? to.callee.of : to;
  const action = to.kind === 'call' && to.args[0]?.value.kind === 'string' ? to.args[0].value.value : 'call';
  for (const entity of resolver.evaluate(app, place)) {
    if (entity.kind !== 'symbol') continue;
    const [member] = resolver.types.member(entity, action);
    const found = member?.kind === 'symbol' ? member : null;
    if (found === null) continue;
    const { name, startLine, endLine } = resolver.program.symbol(found);
    return { name, range: { file: found.file, startLine, endLine } };
  }
  return null;
}

function addRoutes(
  method: Route['method'],
  path: string,
  handler: Handler,
  call: CallExpression,
  place: Place,
  target: RouteTarget,
): void {
  for (const variant of variantsOf(path.replace(/\(\.:format\)/g, ''))) {
    target.add({
      framework: 'rails',
      method,
      path: toTemplate(`/${joinParts(...variant.split('/'))}`.replace(/\*(\w+)/g, ':$1'), 'colon'),
      operationId: null,
      handler: handler.range,
      handlerName: handler.name,
      declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
    });
  }
}

/** `posts(/:page)` without and with what is optional. */
function variantsOf(path: string): readonly string[] {
  const optional = /\(([^()]*)\)/.exec(path);
  if (optional === null) return [path];
  const [whole, inner = ''] = optional;
  const without = path.replace(whole, '');
  return [...variantsOf(without), ...variantsOf(path.replace(whole, inner))].slice(0, MAX_VARIANTS);
}

function isAction(path: string): boolean {
  return /^[-\w]+$/.test(path);
}

/** `orders/:id/pay` has no action of its own but its last word. */
function lastAction(path: string): string {
  return path.split('/').findLast((part) => /^[-\w]+$/.test(part)) ?? '';
}
