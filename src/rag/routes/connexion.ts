import type { Route } from '../../types-code.ts';
import { documentedRoute, listWorkspaceOperations } from '../contracts/documented-routes.ts';
import type { OpenApiOperation } from '../contracts/openapi-operations.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

/** Where a document is added, and what its ids are looked up below. */
interface AddedApi {
  readonly place: Place;
  readonly base: string | null;
  /** `RelativeResolver` and `RestyResolver` name a module. */
  readonly below: string;
  readonly isResty: boolean;
}

/**
 * Connexion: operations of the document name their functions, by `operationId` alone or below
 * `x-openapi-router-controller` (https://connexion.readthedocs.io/en/latest/routing.html).
 */
export default defineRouteFinder({
  framework: 'connexion',
  find(resolver) {
    if (!resolver.program.usesModule('connexion', 'python')) return [];
    const apis = listApis(resolver);
    return listWorkspaceOperations(resolver, /paths/).flatMap((operation) => {
      for (const api of apis) {
        const route = toRoute(operation, api, resolver);
        if (route !== null) return [route];
      }
      return [];
    });
  },
});

function listApis(resolver: Resolver): readonly AddedApi[] {
  return resolver.program.callsNamed('add_api', 'python').map(({ file, placed }) => {
    const place = { file, scope: placed.scope };
    const given = keyword(placed.call, 'resolver');
    const made = given === null ? null : resolverCall(given, place, resolver);
    const [module = null] = made === null ? [] : positional(made.call);
    return {
      place,
      base: constantOf(keyword(placed.call, 'base_path'), place, resolver),
      below: made === null ? '' : (constantOf(module, made.place, resolver) ?? ''),
      isResty: made !== null && /^(Resty|MethodView)/.test(lastName(made.call.callee) ?? ''),
    };
  });
}

function resolverCall(
  given: Parameters<Resolver['evaluate']>[0],
  place: Place,
  resolver: Resolver,
): { readonly call: CallExpression; readonly place: Place } | null {
  for (const entity of resolver.evaluate(given, place)) {
    if (entity.kind === 'value' && entity.value.kind === 'call') return { call: entity.value, place: entity };
  }
  return null;
}

function toRoute(operation: OpenApiOperation, api: AddedApi, resolver: Resolver): Route | null {
  const controller = operation.text('x-openapi-router-controller', 'x-swagger-router-controller');
  const { operationId } = operation;
  const id = operationId ?? (api.isResty ? restyName(operation) : null);
  if (id === null) return null;
  const isRelative = controller === null && api.below !== '' && (!api.isResty || operationId === null);
  const path = [controller ?? (isRelative ? api.below : ''), id].filter((part) => part !== '').join('.');
  for (const entity of findFunction(path, api.place, resolver)) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const route = documentedRoute(
      'connexion',
      operation,
      // A base path is often put together from the environment; callers have the document's.
      operation.base === '' ? (api.base ?? '') : operation.base,
      entity,
      name,
      resolver,
    );
    if (route !== null) return route;
  }
  return null;
}

/** A function of a module, or a method of a class in it. */
function findFunction(path: string, { file }: Place, resolver: Resolver): readonly Entity[] {
  const names = path.split('.');
  for (const taken of [1, 2]) {
    const module = names.slice(0, -taken).join('.');
    const found = module === '' ? null : resolver.program.modules.find(file, module, 'python');
    if (found === null) continue;
    const [first = '', second] = names.slice(-taken);
    const owners = resolver.exportOf(found, first);
    return second === undefined ? owners : owners.flatMap((owner) => [...resolver.member(owner, second)]);
  }
  return [];
}

/** RestyResolver: `GET /pets` is `pets.search`, all else the name of its method. */
function restyName({ method, path }: OpenApiOperation): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const names = segments.filter((segment) => !segment.startsWith('{'));
  const isCollection = segments.at(-1)?.startsWith('{') !== true;
  const action = method === 'GET' && isCollection ? 'search' : method.toLowerCase();
  return [names.join('_').replaceAll('-', '_'), action].filter((part) => part !== '').join('.');
}
