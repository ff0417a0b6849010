import { posix } from 'node:path';
import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { readYaml } from '../../yaml.ts';
import { asRecord } from '../manifests/manifests.ts';
import type { Entity } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import { joinPaths } from '../route-paths.ts';
import { isContract } from './contract-files.ts';

/**
 * An operation of an OpenAPI document of the workspace, for frameworks that find handlers by the document's own
 * extensions. The whole document is parsed, so it is asked for only where one of these frameworks is used; ids alone are
 * read line by line in `openapi-operations.ts`, however large the document.
 */
export interface ParsedOperation {
  /** The document. */
  readonly file: string;
  readonly method: HttpMethod;
  /** As the document writes it, without the path of its server. */
  readonly path: string;
  /** Path of the first server, or Swagger's `basePath`; empty: none. */
  readonly base: string;
  readonly operationId: string | null;
  /** The first text among `keys` at the operation, else at its path. */
  readonly text: (...keys: readonly string[]) => string | null;
}

/** Operations of the workspace's documents whose text holds `wanted`; a document that cannot be read has none. */
export function listParsedOperations(resolver: Resolver, wanted: RegExp): readonly ParsedOperation[] {
  return [...resolver.program.modules.texts].flatMap(([file, text]) => {
    if (!isContract(file) || !wanted.test(text) || !/["']?(openapi|swagger)["']?\s*:/.test(text)) return [];
    return operationsOf(readDocument(text, file), file);
  });
}

/** The route of an operation that `entity` answers; `null`: it is no function. */
export function documentedRoute(
  framework: string,
  operation: ParsedOperation,
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

function readDocument(text: string, file: string): unknown {
  try {
    return file.endsWith('.json') ? JSON.parse(text) : readYaml(text, file)[0]?.value;
  } catch {
    // Said where the document itself is asked for.
    return null;
  }
}

function operationsOf(document: unknown, file: string): readonly ParsedOperation[] {
  const { paths, servers, basePath } = asRecord(document);
  const url = Array.isArray(servers) ? asRecord(servers[0]).url : basePath;
  const base = typeof url === 'string' ? url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/$/, '') : '';
  return Object.entries(asRecord(paths)).flatMap(([path, item]) =>
    Object.entries(asRecord(item)).flatMap(([key, operation]): ParsedOperation[] => {
      const method = /^[a-z]+$/.test(key) ? methodOf(key) : null;
      if (method === null || method === 'ANY') return [];
      const text = (...keys: readonly string[]) => textOf(operation, keys) ?? textOf(item, keys);
      const operationId = textOf(operation, ['operationId']);
      return [{ file, method, path, base: base.includes('{') ? '' : base, operationId, text }];
    }),
  );
}

function textOf(value: unknown, keys: readonly string[]): string | null {
  const record = asRecord(value);
  for (const key of keys) {
    const found = record[key];
    if (typeof found === 'string') return found;
  }
  return null;
}
