import { posix } from 'node:path';
import type { HttpMethod } from '../../types.ts';
import { readYaml } from '../../yaml.ts';
import { asRecord, parseLooseJson } from '../manifests/manifests.ts';
import { methodOf } from '../route-finder.ts';
import { listYamlKeys, type YamlKey } from './yaml-keys.ts';

/** An operation that a document describes. */
export interface OpenApiOperation {
  /** The document. */
  readonly file: string;
  readonly method: HttpMethod;
  /** As the document writes it, without the path of its server. */
  readonly path: string;
  /** Path of the first server, or Swagger's `basePath`; empty: none. */
  readonly base: string;
  readonly operationId: string | null;
  readonly tags: readonly string[];
  /** The first text among `keys` at the operation, else at its path. */
  readonly text: (...keys: readonly string[]) => string | null;
}

/** An operation that has an id, its path with the base path of the document before it. */
export type DocumentedOperation = Pick<OpenApiOperation, 'method' | 'path' | 'tags'> & {
  readonly operationId: string;
};

/** Texts of an operation or of a path by their key. */
interface Texts {
  readonly texts: Map<string, string>;
  readonly tags: string[];
}

/** What a document says of one path: texts of its own, and operations by their verb. */
interface PathItem extends Texts {
  readonly operations: Map<string, Texts>;
}

/** Paths, operations and servers that are written in braces, and parts that are merged in. */
const NEEDS_PARSER =
  /^\s*(- +)?(get|put|post|delete|patch|head|options|trace|servers|["']?\/[^\s:]*["']?)\s*:\s*[{[]\s*\S|^\s*paths\s*:\s*\{|^\s*<<\s*:/m;

/**
 * Lists the operations of an OpenAPI or Swagger document, also those of paths in files of their own; empty: the file is
 * none. YAML that is written in blocks is read line by line, which is several times as quick as parsing it.
 */
export function listOperations(
  file: string,
  texts: ReadonlyMap<string, string>,
): readonly OpenApiOperation[] {
  const text = texts.get(file) ?? '';
  if (file.endsWith('.json')) {
    return /"(openapi|swagger)"\s*:/.test(text)
      ? ofDocument(asRecord(parseLooseJson(text)), file, texts)
      : [];
  }
  if (!/^["']?(openapi|swagger)["']?\s*:/m.test(text)) return [];
  if (NEEDS_PARSER.test(text)) return ofDocument(asRecord(parseYaml(text, file)), file, texts);
  const keys = listYamlKeys(text);
  const base = basePath(valueAt(keys, ['servers', '-', 'url']) ?? valueAt(keys, ['basePath']) ?? '');
  const items = new Map<string, PathItem>();
  for (const { path, value } of keys) {
    const [top, route, ...below] = path;
    if (top !== 'paths' || route === undefined) continue;
    const item = items.get(route) ?? newItem();
    items.set(route, item);
    addKey(item, below, value);
  }
  return [...items].flatMap(([route, item]) => operationsOf(item, route, { base, file, texts }));
}

/** Lists those of a document's operations that have an id. */
export function listDocumented(
  file: string,
  texts: ReadonlyMap<string, string>,
): readonly DocumentedOperation[] {
  return listOperations(file, texts).flatMap(({ method, path, base, operationId, tags }) =>
    operationId === null
      ? []
      : [{ method, path: `${base}${path}`.replace(/\/{2,}/g, '/'), operationId, tags }],
  );
}

function newItem(): PathItem {
  return { texts: new Map(), tags: [], operations: new Map() };
}

/** Takes in a key of a path: `get.operationId`, `get.tags.-`, `$ref`, `x-controller`. */
function addKey(item: PathItem, path: readonly string[], value: string): void {
  const [first, second, third] = path;
  if (first === undefined || path.length > 3) return;
  if (second === undefined) {
    item.texts.set(first, value);
    return;
  }
  const operation = item.operations.get(first) ?? { texts: new Map<string, string>(), tags: [] };
  item.operations.set(first, operation);
  if (third === undefined) operation.texts.set(second, value);
  if (second !== 'tags') return;
  if (third === '-') operation.tags.push(value);
  else if (third === undefined)
    operation.tags.push(...value.split(/[[\],]+/).flatMap((tag) => tag.trim() || []));
}

/** A path's operations in a file of their own. */
function ofFile(reference: string, from: string, texts: ReadonlyMap<string, string>): PathItem {
  const item = newItem();
  const text = texts.get(posix.join(posix.dirname(from), reference)) ?? '';
  for (const { path, value } of listYamlKeys(text)) addKey(item, path, value);
  return item;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return readYaml(text, file)[0]?.value;
  } catch {
    // Said where the document itself is asked for.
    return null;
  }
}

function ofDocument(
  document: Readonly<Record<string, unknown>>,
  file: string,
  texts: ReadonlyMap<string, string>,
): OpenApiOperation[] {
  const [server] = Array.isArray(document.servers) ? document.servers : [];
  const base = basePath(textOf(asRecord(server).url) ?? textOf(document.basePath) ?? '');
  return Object.entries(asRecord(document.paths)).flatMap(([route, written]) => {
    const item = newItem();
    for (const [key, value] of Object.entries(asRecord(written))) {
      if (typeof value === 'string') addKey(item, [key], value);
      else item.operations.set(key, { texts: new Map(), tags: [] });
      for (const [inner, given] of Object.entries(asRecord(value))) addValue(item, [key, inner], given);
    }
    return operationsOf(item, route, { base, file, texts });
  });
}

function addValue(item: PathItem, path: readonly string[], value: unknown): void {
  if (Array.isArray(value)) for (const one of value) addKey(item, [...path, '-'], textOf(one) ?? '');
  else addKey(item, path, textOf(value) ?? '');
}

interface Within {
  readonly base: string;
  readonly file: string;
  readonly texts: ReadonlyMap<string, string>;
}

function operationsOf(item: PathItem, path: string, { base, file, texts }: Within): OpenApiOperation[] {
  const elsewhere = item.texts.get('$ref');
  const { operations } = elsewhere === undefined ? item : ofFile(elsewhere, file, texts);
  return [...operations].flatMap(([verb, { texts: own, tags }]) => {
    const method = methodOf(verb);
    if (method === null || method === 'ANY') return [];
    const text = (...keys: readonly string[]) => firstText(own, keys) ?? firstText(item.texts, keys);
    return [{ file, method, path, base, operationId: own.get('operationId') || null, tags, text }];
  });
}

function firstText(texts: ReadonlyMap<string, string>, keys: readonly string[]): string | null {
  return keys.map((key) => texts.get(key) ?? '').find((text) => text !== '') ?? null;
}

function valueAt(keys: readonly YamlKey[], wanted: readonly string[]): string | null {
  const name = wanted.join('\n');
  return keys.find(({ path }) => path.join('\n') === name)?.value ?? null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The path of a server's address; what is to be filled in is left out. */
function basePath(url: string): string {
  const path = url.replace(/^([\w{}+.-]+:)?\/\/[^/]*/, '').replace(/\/$/, '');
  return path.includes('{') || !path.startsWith('/') ? '' : path;
}
