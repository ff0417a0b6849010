import { createHash } from 'node:crypto';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import { languageOf } from '../../src/rag/languages.ts';
import { isImageRecipe, isManifest } from '../../src/rag/manifests/manifests.ts';
import type { HttpMethod } from '../../src/types.ts';
import type { CodeRange, Route } from '../../src/types-code.ts';

export interface MemoryRoute {
  readonly endpoint: string;
  readonly file: string;
  readonly line: number;
  readonly handlerName?: string;
  /** Files whose every line the handler reaches. */
  readonly reaches?: readonly string[];
}

export interface MemoryIndexOptions {
  readonly routes?: readonly MemoryRoute[];
  readonly versions?: Readonly<Record<string, string>>;
}

/** A code index over texts in memory; what reaches what is given, not found. */
export function memoryIndex(
  texts: Readonly<Record<string, string>>,
  { routes = [], versions = {} }: MemoryIndexOptions = {},
): CodeIndex {
  const known = routes.map((route) => ({ ...route, route: toRoute(route) }));
  return {
    root: '/workspace',
    summary: {
      files: Object.keys(texts).length,
      filesByLanguage: {},
      symbolsByLanguage: {},
      routesByFramework: {},
      lines: 0,
      skipped: [],
      tookMs: 0,
      changedFiles: 0,
    },
    files: Object.entries(texts)
      .filter(([file]) => languageOf(file) !== null)
      .map(([file, text]) => ({
        file,
        language: languageOf(file) ?? 'text',
        sha256: createHash('sha256').update(text).digest('hex'),
        lines: text.split('\n').length,
        bytes: text.length,
      })),
    routes: known.map(({ route }) => route),
    manifests: new Map(Object.entries(texts).filter(([file]) => isManifest(file) || isImageRecipe(file))),
    readText: async (file) => texts[file] ?? '',
    listSymbols: () => [],
    search: () => ({ hits: [], nextCursor: null }),
    findHandlers: () => [],
    findCallees: () => [],
    findReachingRoutes: (range: CodeRange) =>
      known
        .filter((one) => one.file === range.file || one.reaches?.includes(range.file) === true)
        .map(({ route }) => route),
    findUses: () => [],
    listClients: () => [],
    findPackageVersion: (_language, name) => versions[name] ?? null,
    listDeclaredPackages: () => Object.keys(versions),
    enclosingSymbol: () => null,
    close: () => undefined,
  };
}

function toRoute({ endpoint, file, line, handlerName }: MemoryRoute): Route {
  const [method = 'GET', path = '/'] = endpoint.split(' ');
  const handler = { file, startLine: line, endLine: line };
  return {
    framework: 'express',
    method: method as HttpMethod,
    path,
    operationId: null,
    handler,
    handlerName: handlerName ?? null,
    declaredAt: handler,
  };
}
