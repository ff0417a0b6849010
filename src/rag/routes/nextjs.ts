import type { Route } from '../../types-code.ts';
import { positional } from '../expressions.ts';
import { findHandler } from '../handlers.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';

const APP_ROUTE = /(?:^|\/)app\/(.*\/)?route\.[cm]?[jt]sx?$/;
const APP_ROUTE_OF_SOURCES = /(?:^|\/)src\/app\/(.*\/)?route\.[cm]?[jt]sx?$/;
/** A member of a workspace that is called like the folder of the routes: `apps/app`. */
const MEMBER_CALLED_APP = /^(?:.*\/)?(?:apps|packages)\/app\/(?=(?:.*\/)?app\/)/;
const PAGES_ROUTE = /(?:^|\/)pages\/(api(?:\/.*)?)\.[cm]?[jt]sx?$/;

/** Next.js: `app/…/route.ts` with a function for each method, and `pages/api/…` with one for all. */
export default defineRouteFinder({
  framework: 'nextjs',
  find: (resolver) =>
    resolver.program.filesOf('javascript').flatMap(([file]) => {
      const inApp = APP_ROUTE_OF_SOURCES.exec(file) ?? APP_ROUTE.exec(file.replace(MEMBER_CALLED_APP, ''));
      if (inApp !== null) return appRoutes(file, inApp[1] ?? '', resolver);
      const inPages = PAGES_ROUTE.exec(file)?.[1];
      return inPages === undefined ? [] : pagesRoutes(file, inPages, resolver);
    }),
});

function appRoutes(file: string, folders: string, resolver: Resolver): Route[] {
  const { exports } = resolver.program.facts(file);
  return exports.flatMap(({ name }) => {
    const method = name === name.toUpperCase() ? methodOf(name) : null;
    if (method === null || method === 'ANY') return [];
    return resolver
      .exportOf(file, name)
      .flatMap((entity) => toRoute(entity, method, folders, file, name, resolver));
  });
}

function pagesRoutes(file: string, path: string, resolver: Resolver): Route[] {
  const [entity] = resolver.exportOf(file, 'default');
  if (entity === undefined) return [];
  const folders = path.replace(/(^|\/)index$/, '');
  const connected = connectedRoutes(file, folders, resolver);
  return connected.length > 0 ? connected : toRoute(entity, 'ANY', folders, file, null, resolver);
}

/** next-connect: a file's handler is put together by method, `nc().get(list).post(create)`. */
function connectedRoutes(file: string, folders: string, resolver: Resolver): Route[] {
  const { imports, calls } = resolver.program.facts(file);
  if (!imports.some(({ module }) => module === 'next-connect')) return [];
  return calls.flatMap(({ scope, call }): Route[] => {
    const method = scope === 0 && call.callee.kind === 'member' ? methodOf(call.callee.name) : null;
    const handlers = positional(call).filter(({ kind }) => kind !== 'string');
    const found = method === null ? null : findHandler(handlers, call, { file, scope }, resolver);
    if (method === null || found === null) return [];
    const last = handlers.at(-1);
    // Calls of a chain begin at its beginning: the function itself is shown.
    const own = last?.kind === 'function' ? resolver.program.facts(file).scopes[last.scope] : undefined;
    const { startLine, endLine } = own ?? found.range;
    const handler = own === undefined ? found.range : { file, startLine, endLine };
    const declaredAt = { file, startLine: call.line, endLine: call.endLine };
    return [routeOf(method, folders, { handler, handlerName: found.name, declaredAt })];
  });
}

function toRoute(
  entity: Entity,
  method: Route['method'],
  folders: string,
  file: string,
  name: string | null,
  resolver: Resolver,
): Route[] {
  const handler = rangeOf(entity, file, resolver);
  if (handler === null) return [];
  const handlerName = entity.kind === 'symbol' ? resolver.program.symbol(entity).name : name;
  const shown = handlerName === 'default' ? null : handlerName;
  return [routeOf(method, folders, { handler, handlerName: shown, declaredAt: handler })];
}

function routeOf(
  method: Route['method'],
  folders: string,
  found: Pick<Route, 'handler' | 'handlerName' | 'declaredAt'>,
): Route {
  return { framework: 'nextjs', method, path: toPath(folders), operationId: null, ...found };
}

function rangeOf(entity: Entity, file: string, resolver: Resolver) {
  if (entity.kind === 'symbol') {
    const { startLine, endLine } = resolver.program.symbol(entity);
    return { file: entity.file, startLine, endLine };
  }
  if (entity.kind !== 'value') return null;
  if (entity.value.kind === 'call')
    return { file, startLine: entity.value.line, endLine: entity.value.endLine };
  if (entity.value.kind !== 'function') return null;
  const scope = resolver.program.facts(entity.file).scopes[entity.value.scope];
  return scope === undefined
    ? null
    : { file: entity.file, startLine: scope.startLine, endLine: scope.endLine };
}

/** `(group)` and `@slot` leave no trace; `[id]`, `[...rest]` and `[[...rest]]` are parameters. */
function toPath(folders: string): string {
  const segments = folders
    .split('/')
    .filter((segment) => segment !== '' && !/^\(.*\)$|^@/.test(segment))
    .map((segment) => segment.replace(/^\[{1,2}(?:\.{3})?([\w-]+)\]{1,2}$/, '{$1}'));
  return `/${segments.join('/')}`;
}
