import type { Route } from '../../types-code.ts';
import { documentedRoute, foldersAbove, listWorkspaceOperations } from '../contracts/documented-routes.ts';
import type { OpenApiOperation } from '../contracts/openapi-operations.ts';
import { familyOf } from '../languages.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

const CONTROLLER_KEYS = [
  'x-eov-operation-handler',
  'x-openapi-router-controller',
  'x-swagger-router-controller',
  'x-exegesis-controller',
] as const;

/**
 * Operations that name the module of their handler: express-openapi-validator, exegesis, oas3-tools, swagger-tools and
 * openapi-generator's Express server. The id is what the module exports.
 */
export default defineRouteFinder({
  framework: 'openapi-controllers',
  find: (resolver) =>
    listWorkspaceOperations(
      resolver,
      /x-(eov-operation-handler|(openapi|swagger)-router-controller|exegesis-controller)/,
    ).flatMap((operation) => toRoute(operation, resolver) ?? []),
});

function toRoute(operation: OpenApiOperation, resolver: Resolver): Route | null {
  const controller = operation.text(...CONTROLLER_KEYS);
  const id = operation.text('x-eov-operation-id', 'x-exegesis-operationId') ?? operation.operationId;
  const module = controller === null ? null : findModule(controller, operation.file, resolver);
  if (id === null || module === null) return null;
  for (const entity of resolver.exportOf(module, id)) {
    const route = documentedRoute('openapi-controllers', operation, operation.base, entity, id, resolver);
    if (route !== null) return route;
  }
  return null;
}

/** The module that ends in the controller's path and lies nearest to the document; `null`: none. */
function findModule(controller: string, document: string, resolver: Resolver): string | null {
  const tail = `/${controller.replace(/^\.?\//, '').replace(/\.[cm]?[jt]s$/, '')}`;
  const files = [...resolver.program.files].flatMap(([file, { language }]) => {
    const base = `/${file.replace(/(\/index)?\.[cm]?[jt]sx?$/, '')}`;
    return familyOf(language) === 'javascript' && base.endsWith(tail) ? [file] : [];
  });
  for (const folder of foldersAbove(document)) {
    const near = files.filter((file) => folder === '.' || file.startsWith(`${folder}/`));
    if (near[0] !== undefined) return near[0];
  }
  return null;
}
