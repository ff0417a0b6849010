import type { Route } from '../../types-code.ts';
import { entryOf, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler } from '../handlers.ts';
import { listArguments } from '../names/arguments.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const LIBRARY = /^github\.com\/danielgtaylor\/huma(\/v\d+)?\.\w+$/;
const NAMES = ['Register', 'Get', 'Post', 'Put', 'Patch', 'Delete', 'Head'];
const MAX_DEPTH = 8;

/** huma: `huma.Get(api, path, handler)`, `huma.Register(api, huma.Operation{…}, handler)`, groups with a prefix. */
export default defineRouteFinder({
  framework: 'huma',
  find: (resolver) => {
    if (!resolver.program.usesModule('danielgtaylor/huma', 'go')) return [];
    return NAMES.flatMap((name) =>
      resolver.program.callsNamed(name, 'go').flatMap(({ file, placed: { call, scope } }) => {
        const place = { file, scope };
        return isOfHuma(call, place, resolver) ? routesOf(name, call, place, resolver) : [];
      }),
    );
  },
});

function isOfHuma(call: CallExpression, place: Place, resolver: Resolver): boolean {
  return resolver
    .evaluate(call.callee, place)
    .some((entity) => entity.kind === 'external' && LIBRARY.test(entity.name));
}

function routesOf(name: string, call: CallExpression, place: Place, resolver: Resolver): Route[] {
  const [api, said, handler] = positional(call);
  if (api === undefined || said === undefined || handler === undefined) return [];
  const isRegister = name === 'Register';
  const verb = entryOf(said, 'Method');
  const text = verb?.kind === 'string' ? verb.value : (lastName(verb ?? said) ?? '').replace(/^Method/, '');
  const method = methodOf(isRegister ? text : name);
  const path = constantOf(isRegister ? entryOf(said, 'Path') : said, place, resolver);
  const found = findHandler([handler], call, place, resolver);
  if (method === null || path === null || found === null) return [];
  const operationId = isRegister ? constantOf(entryOf(said, 'OperationID'), place, resolver) : null;
  return [...new Set(prefixesOf(api, place, resolver, 0))].map((prefix) => ({
    framework: 'huma',
    method,
    path: toTemplate(joinPaths(prefix, path), 'braces'),
    operationId,
    handler: found.range,
    handlerName: found.name,
    declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
  }));
}

/** What `huma.NewGroup(api, "/v1")` puts before a path, also where a function is given the group. */
function prefixesOf(api: Expression, place: Place, resolver: Resolver, depth: number): readonly string[] {
  if (depth > MAX_DEPTH) return [''];
  const found = resolver.evaluate(api, place).flatMap((entity): readonly string[] => {
    if (entity.kind === 'param') {
      return listArguments(entity, 'go', resolver).flatMap(({ expression, place: at }) => [
        ...prefixesOf(expression, at, resolver, depth + 1),
      ]);
    }
    if (entity.kind !== 'value' || entity.value.kind !== 'call') return [];
    const [parent, ...prefixes] = positional(entity.value);
    if (lastName(entity.value.callee) !== 'NewGroup' || parent === undefined) return [];
    const own = prefixes.map((prefix) => constantOf(prefix, entity, resolver) ?? '');
    const above = prefixesOf(parent, entity, resolver, depth + 1);
    return above.flatMap((one) => (own.length === 0 ? [one] : own.map((below) => joinPaths(one, below))));
  });
  return found.length === 0 ? [''] : found;
}
