import { posix } from 'node:path';
import type { HttpMethod } from '../../types.ts';
import { asRecord, parseLooseJson } from '../manifests/manifests.ts';
import { methodOf } from '../route-finder.ts';
import { listYamlKeys, type YamlKey } from './yaml-keys.ts';

/** An operation that a document describes. */
export interface DocumentedOperation {
  readonly method: HttpMethod;
  /** Below the base path of the document. */
  readonly path: string;
  readonly operationId: string;
  readonly tags: readonly string[];
}

/** Lists the operations of an OpenAPI or Swagger document that have an id; empty: the file is none. */
export function listDocumented(
  file: string,
  texts: ReadonlyMap<string, string>,
): readonly DocumentedOperation[] {
  const text = texts.get(file) ?? '';
  if (file.endsWith('.json')) return /"(openapi|swagger)"\s*:/.test(text) ? ofJson(text) : [];
  if (!/^["']?(openapi|swagger)["']?\s*:/m.test(text)) return [];
  const keys = listYamlKeys(text);
  const base = basePath(valueAt(keys, ['servers', '-', 'url']) ?? valueAt(keys, ['basePath']) ?? '');
  const operations = keys.flatMap(({ path, value }) => {
    const [top, route, verb, last] = path;
    if (top !== 'paths' || route === undefined) return [];
    if (path.length === 4 && last === 'operationId')
      return operationOf(verb, base + route, value, tagsOf(keys, path));
    if (path.length !== 3 || verb !== '$ref') return [];
    return ofPathItem(texts.get(posix.join(posix.dirname(file), value)) ?? '', base + route);
  });
  return operations;
}

/** A path's operations in a file of their own. */
function ofPathItem(text: string, route: string): DocumentedOperation[] {
  const keys = listYamlKeys(text);
  return keys.flatMap(({ path, value }) =>
    path.length === 2 && path[1] === 'operationId'
      ? operationOf(path[0], route, value, tagsOf(keys, path))
      : [],
  );
}

function operationOf(
  verb: string | undefined,
  path: string,
  operationId: string,
  tags: readonly string[],
): DocumentedOperation[] {
  const method = methodOf(verb ?? '');
  if (method === null || method === 'ANY' || operationId === '') return [];
  return [{ method, path: path.replace(/\/{2,}/g, '/'), operationId, tags }];
}

/** Tags that stand beside an operation's id, as a list of lines or in brackets. */
function tagsOf(keys: readonly YamlKey[], idPath: readonly string[]): string[] {
  const path = [...idPath.slice(0, -1), 'tags'];
  const isSame = (other: readonly string[], length: number) =>
    other.length === length && path.every((key, at) => other[at] === key);
  return keys.flatMap((key) => {
    if (isSame(key.path, path.length + 1)) return [key.value];
    return isSame(key.path, path.length) ? key.value.split(/[[\],]+/).flatMap((tag) => tag.trim() || []) : [];
  });
}

function valueAt(keys: readonly YamlKey[], wanted: readonly string[]): string | null {
  const name = wanted.join('\n');
  return keys.find(({ path }) => path.join('\n') === name)?.value ?? null;
}

function ofJson(text: string): DocumentedOperation[] {
  const document = asRecord(parseLooseJson(text));
  const [server] = Array.isArray(document.servers) ? document.servers : [];
  const base = basePath(textOf(asRecord(server).url) ?? textOf(document.basePath) ?? '');
  return Object.entries(asRecord(document.paths)).flatMap(([route, item]) =>
    Object.entries(asRecord(item)).flatMap(([verb, operation]) => {
      const { operationId, tags } = asRecord(operation);
      const named = Array.isArray(tags) ? tags.flatMap((tag) => textOf(tag) ?? []) : [];
      return operationOf(verb, base + route, textOf(operationId) ?? '', named);
    }),
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The path of a server's address; what is to be filled in is left out. */
function basePath(url: string): string {
  const path = url.replace(/^([\w{}+.-]+:)?\/\/[^/]*/, '').replace(/\/$/, '');
  return path.includes('{') || !path.startsWith('/') ? '' : path;
}
