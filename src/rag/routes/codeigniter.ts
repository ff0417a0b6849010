import type { Route } from '../../types-code.ts';
import { textAt, textsAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { findAction } from '../laravel/actions.ts';
import type { LaravelGroup } from '../laravel/group.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { joinPaths } from '../route-paths.ts';
import { definePhpRouters } from '../routers/php-routers.ts';

/** What `$routes->resource('photos')` declares (https://codeigniter.com/user_guide/incoming/restful.html). */
const RESOURCE = [
  { action: 'index', methods: ['GET'], below: '' },
  { action: 'new', methods: ['GET'], below: '/new' },
  { action: 'edit', methods: ['GET'], below: '/{id}/edit' },
  { action: 'show', methods: ['GET'], below: '/{id}' },
  { action: 'create', methods: ['POST'], below: '' },
  { action: 'update', methods: ['PUT', 'PATCH'], below: '/{id}' },
  { action: 'delete', methods: ['DELETE'], below: '/{id}' },
] as const;

/** CodeIgniter 4: `$routes->get('users/(:num)', 'Users::show/$1')`, groups with a namespace, resources. */
export default definePhpRouters({
  framework: 'codeigniter',
  library: /^(CodeIgniter|Config)\\/,
  routers: /^\$(routes|route|r)$/,
  verbs: /^(get|post|put|patch|delete|head|options|add|match)$/,
  methodsFirst: /^match$/,
  groups: /^group$/,
  namespace: 'App\\Controllers',
  // `(:num)`, `(:segment)`, `([a-z]+)`
  templatesOf: (path) => [joinPaths(path.replace(/\([^()]*\)/g, '{arg}'))],
  cutTarget: (target) => {
    const [named = ''] = target.split('/');
    return named.includes('::') ? named : `${named}::index`;
  },
  resources: { names: /^resource$/, list: listResource },
});

function listResource(call: CallExpression, group: LaravelGroup, place: Place, resolver: Resolver): Route[] {
  const [first, options = null] = positional(call);
  const name = textAt(first, place, new Map(), resolver);
  if (name === null) return [];
  const texts = (key: string) => textsAt(entryOf(options, key), place, new Map(), resolver);
  const [only, except] = [texts('only'), texts('except')];
  const pascal = (name.split('/').at(-1) ?? '').replace(/(^|[-_])(\w)/g, (_all, _mark, letter: string) =>
    letter.toUpperCase(),
  );
  const [controller = pascal] = texts('controller');
  return RESOURCE.flatMap(({ action, methods, below }) => {
    if (except.includes(action) || (only.length > 0 && !only.includes(action))) return [];
    const target = { kind: 'string', value: `${controller}::${action}` } as const;
    const handler = findAction(target, call, group, place, resolver);
    if (handler === null) return [];
    return methods.map((method) => ({
      framework: 'codeigniter',
      method,
      path: joinPaths(group.prefix, name, below),
      operationId: null,
      handler: handler.range,
      handlerName: handler.name,
      declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
    }));
  });
}
