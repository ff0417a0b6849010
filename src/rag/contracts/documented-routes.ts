import { posix } from 'node:path';
import type { Route } from '../../types-code.ts';
import type { Entity } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import type { Resolver } from '../names/resolver.ts';
import { joinPaths } from '../route-paths.ts';
import { isContract } from './contract-files.ts';
import { listOperations, type OpenApiOperation } from './openapi-operations.ts';

/** Operations of the workspace's documents whose text holds `wanted`; a document that cannot be read has none. */
export function listWorkspaceOperations(resolver: Resolver, wanted: RegExp): readonly OpenApiOperation[] {
  const { texts } = resolver.program.modules;
  return [...texts].flatMap(([file, text]) =>
    isContract(file) && wanted.test(text) ? [...listOperations(file, texts)] : [],
  );
}

/** The route of an operation that `entity` answers; `null`: it is no function. */
export function documentedRoute(
  framework: string,
  operation: OpenApiOperation,
  base: string,
  entity: Entity,
  name: string,
  resolver: Resolver,
): Route | null {
  const scope = scopeOf(entity, resolver.program);
  if (scope === null) return null;
  const { startLine, endLine } =
    entity.kind === 'symbol'
      ? resolver.program.symbol(entity)
      : (resolver.program.facts(scope.file).scopes[scope.scope] ?? { startLine: 1, endLine: 1 });
  const handler = { file: scope.file, startLine, endLine };
  return {
    framework,
    method: operation.method,
    path: joinPaths(base, operation.path),
    operationId: operation.operationId,
    handler,
    handlerName: name,
    declaredAt: handler,
  };
}

/** Folders of a file, the nearest first. */
export function foldersAbove(file: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    folders.push(folder);
    if (folder === '.' || folder === '/') return folders;
  }
}
