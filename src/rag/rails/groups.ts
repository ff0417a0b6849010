import { textAt, textsAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { enterResource, isInResource, joinParts, optionOf, type RailsScope } from './scope.ts';

/** The scope of what stands in the block of a call such as `namespace`, `scope` or `member`. */
export function scopeInside(
  name: string,
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  resolver: Resolver,
): RailsScope {
  switch (name) {
    case 'member':
    case 'collection':
    case 'new':
    case 'nested':
      return enterResource(scope, name);
    case 'shallow':
      return { ...scope, isShallow: true };
    case 'controller':
      return { ...scope, controller: textAt(positional(call)[0], place, scope.names, resolver) };
    case 'namespace':
      return insideNamespace(call, place, scope, resolver);
    case 'scope':
      return insideScope(call, place, scope, resolver);
    case 'with_options':
      return { ...scope, options: withOptions(call, scope, /./) };
    default:
      return insideUnknown(call, place, scope, resolver);
  }
}

/** The scope below a path and a module, with what else the call says. */
export function scopeBelow(
  call: CallExpression,
  scope: RailsScope,
  path: string,
  module: string,
  place: Place,
  resolver: Resolver,
): RailsScope {
  const controller = textAt(optionOf(call, scope, 'controller'), place, scope.names, resolver);
  const shallowPath = textAt(optionOf(call, scope, 'shallow_path'), place, scope.names, resolver) ?? path;
  return {
    ...scope,
    path: joinParts(scope.path, path),
    shallowPath: scope.level === 'nested' ? scope.shallowPath : joinParts(scope.shallowPath, shallowPath),
    module: joinParts(scope.module, module.replaceAll('::', '/')),
    controller: controller ?? scope.controller,
    isShallow: isTrue(optionOf(call, scope, 'shallow')) ?? scope.isShallow,
    options: withOptions(call, scope, /^(only|except|action|to)$/),
  };
}

function insideNamespace(
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  resolver: Resolver,
): RailsScope {
  const text = (expression: Expression | null | undefined) =>
    textAt(expression, place, scope.names, resolver);
  const named = text(positional(call)[0]) ?? '';
  const outer = isInResource(scope) ? enterResource(scope, 'nested') : scope;
  const given = optionOf(call, scope, 'path');
  const path = isNil(given) ? '' : (text(given) ?? named);
  return scopeBelow(call, outer, path, text(optionOf(call, scope, 'module')) ?? named, place, resolver);
}

function insideScope(call: CallExpression, place: Place, scope: RailsScope, resolver: Resolver): RailsScope {
  const text = (expression: Expression | null) => textAt(expression, place, scope.names, resolver) ?? '';
  const parts = positional(call).flatMap((part) => [...textsAt(part, place, scope.names, resolver)]);
  const path = [...parts, text(optionOf(call, scope, 'path'))].join('/');
  return scopeBelow(call, scope, path, text(optionOf(call, scope, 'module')), place, resolver);
}

/** `api_version(module: 'Api::V1', path: { value: 'api/v1' })` and the like. */
function insideUnknown(
  call: CallExpression,
  place: Place,
  scope: RailsScope,
  resolver: Resolver,
): RailsScope {
  const option = (name: string) => call.args.find((argument) => argument.name === name)?.value ?? null;
  const text = (expression: Expression | null) => textAt(expression, place, scope.names, resolver) ?? '';
  const [path, module] = [option('path'), option('module')];
  if (path === null && module === null) return scope;
  return scopeBelow(call, scope, text(entryOf(path, 'value') ?? path), text(module), place, resolver);
}

function withOptions(call: CallExpression, scope: RailsScope, names: RegExp): RailsScope['options'] {
  const options = new Map(scope.options);
  for (const { name, value } of call.args) if (name !== null && names.test(name)) options.set(name, value);
  return options;
}

function isNil(expression: Expression | null): boolean {
  return expression?.kind === 'other' && /^(nil|false)$/.test(expression.text);
}

function isTrue(expression: Expression | null): boolean | null {
  return expression?.kind === 'other' ? expression.text === 'true' : null;
}
