import type { ClientUse, CodeRange, CodeSymbol, HandlerMatch, Route } from '../types-code.ts';
import { findByCallees } from './callee-ids.ts';
import { listClients } from './clients/clients.ts';
import type {
  CodeIndex,
  HandlerQuery,
  IndexedFile,
  IndexSummary,
  SearchOptions,
  SearchPage,
  SymbolFilter,
} from './code-index.ts';
import { findHandlers } from './find-handlers.ts';
import { listDeclaredPackages } from './manifests/declared-packages.ts';
import { findPackageVersion } from './manifests/packages.ts';
import { CallGraph } from './names/call-graph.ts';
import { type FileUse, findUses } from './names/find-uses.ts';
import type { Resolver } from './names/resolver.ts';
import { readTextBelow } from './read-text.ts';
import { searchPieces } from './search.ts';
import { readServerBases, type ServerBases } from './server-bases.ts';
import type { GenerationReader } from './store/generation-reader.ts';

/** What an index stands on. */
export interface IndexParts {
  readonly root: string;
  readonly summary: IndexSummary;
  readonly files: readonly IndexedFile[];
  readonly routes: readonly Route[];
  readonly resolver: Resolver;
  readonly manifests: ReadonlyMap<string, string>;
  readonly reader: GenerationReader;
}

/** The index of one workspace in memory; what it answers was read when it was made. */
export class WorkspaceIndex implements CodeIndex {
  readonly root: string;
  readonly summary: IndexSummary;
  readonly files: readonly IndexedFile[];
  readonly routes: readonly Route[];
  readonly #parts: IndexParts;
  readonly #calls: CallGraph;
  #bases: ServerBases | null = null;
  readonly #reachedByRoute = new Map<string, ReadonlySet<string>>();

  constructor(parts: IndexParts) {
    this.root = parts.root;
    this.summary = parts.summary;
    this.files = parts.files;
    this.routes = parts.routes;
    this.#parts = parts;
    this.#calls = new CallGraph(parts.resolver);
  }

  /** Texts of the manifests by file. */
  get manifests(): ReadonlyMap<string, string> {
    return this.#parts.manifests;
  }

  readText(file: string): Promise<string> {
    return readTextBelow(this.root, file);
  }

  listSymbols({ file, name }: SymbolFilter): readonly CodeSymbol[] {
    const { program } = this.#parts.resolver;
    const files = file === undefined ? [...program.files.keys()].sort() : [file];
    return files.flatMap((path) => {
      const symbols = program.files.get(path)?.symbols ?? [];
      return symbols
        .map((_, index) => program.codeSymbol({ file: path, index }))
        .filter((symbol) => name === undefined || isNamed(symbol, name))
        .sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
    });
  }

  /** What the pieces of code are read from. */
  get reader(): GenerationReader {
    return this.#parts.reader;
  }

  search(query: string, options: SearchOptions): SearchPage {
    return searchPieces(this.#parts.reader, query, options);
  }

  findHandlers(query: HandlerQuery): readonly HandlerMatch[] {
    const { operationId, path } = query;
    const bases = path === null ? [] : this.#serverBases().of(path);
    const found = findHandlers(query, this.routes, bases);
    if (found.length > 0 || operationId === null || path !== null) return found;
    return findByCallees(operationId, this.routes, ({ handler }) =>
      this.findCallees(handler, 1).map(({ name }) => name),
    );
  }

  #serverBases(): ServerBases {
    this.#bases ??= readServerBases(this.#parts.resolver.program.modules.texts);
    return this.#bases;
  }

  findCallees(range: CodeRange, depth: number): readonly CodeSymbol[] {
    const { program } = this.#parts.resolver;
    return this.#calls.reach(range, depth).map((symbol) => program.codeSymbol(symbol));
  }

  findReachingRoutes(range: CodeRange, depth: number): readonly Route[] {
    const symbol = this.enclosingSymbol(range) ?? this.#clientVariable(range);
    return this.routes.filter((route) => {
      const { handler } = route;
      const inside =
        handler.file === range.file &&
        handler.startLine <= range.startLine &&
        handler.endLine >= range.endLine;
      if (inside || symbol === null) return inside;
      return this.#reachedFrom(handler, depth).has(`${symbol.file}:${symbol.startLine}:${symbol.name}`);
    });
  }

  findUses(file: string): readonly FileUse[] {
    return findUses(file, this.#parts.resolver);
  }

  listClients(range: CodeRange | null): readonly ClientUse[] {
    return listClients(range, this.#parts.resolver, this.#parts.manifests);
  }

  listDeclaredPackages(fromFile: string): readonly string[] {
    return listDeclaredPackages(this.#parts.manifests, fromFile);
  }

  findPackageVersion(language: string, name: string, fromFile: string): string | null {
    return findPackageVersion(this.#parts.manifests, language, name, fromFile);
  }

  enclosingSymbol(range: CodeRange): CodeSymbol | null {
    const around = this.listSymbols({ file: range.file }).filter(
      ({ kind, startLine, endLine }) =>
        kind !== 'variable' && startLine <= range.startLine && endLine >= range.endLine,
    );
    return around.reduce<CodeSymbol | null>((best, symbol) => {
      if (best === null) return symbol;
      return symbol.endLine - symbol.startLine <= best.endLine - best.startLine ? symbol : best;
    }, null);
  }

  close(): void {
    this.#parts.reader.close();
  }

  /** The variable at the top level that holds the client, or the pool, which is made at this place. */
  #clientVariable(range: CodeRange): CodeSymbol | null {
    if (this.listClients(range).length === 0) return null;
    const around = this.listSymbols({ file: range.file }).filter(
      ({ kind, startLine, endLine }) =>
        kind === 'variable' && startLine <= range.startLine && endLine >= range.endLine,
    );
    return around.at(-1) ?? null;
  }

  #reachedFrom(handler: CodeRange, depth: number): ReadonlySet<string> {
    const key = `${handler.file}:${handler.startLine}:${depth}`;
    let reached = this.#reachedByRoute.get(key);
    if (reached === undefined) {
      const symbols = this.findCallees(handler, depth);
      reached = new Set(symbols.map((symbol) => `${symbol.file}:${symbol.startLine}:${symbol.name}`));
      this.#reachedByRoute.set(key, reached);
    }
    return reached;
  }
}

function isNamed(symbol: CodeSymbol, name: string): boolean {
  if (symbol.name === name) return true;
  const path = symbol.parent === '' ? symbol.name : `${symbol.parent}.${symbol.name}`;
  return path === name || path.endsWith(`.${name}`);
}
