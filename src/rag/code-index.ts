import type { HttpMethod, Notice } from '../types.ts';
import type { ClientUse, CodeRange, CodeSymbol, HandlerMatch, Route, SearchHit } from '../types-code.ts';
import type { FileUse } from './names/find-uses.ts';

/** One file that the index knows, as it was when it was indexed. */
export interface IndexedFile {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly language: string;
  readonly sha256: string;
  readonly lines: number;
  readonly bytes: number;
}

/** What an indexing found; `changedFiles` were read anew, the others taken from the generation before. */
export interface IndexSummary {
  readonly files: number;
  readonly filesByLanguage: Readonly<Record<string, number>>;
  readonly symbolsByLanguage: Readonly<Record<string, number>>;
  readonly routesByFramework: Readonly<Record<string, number>>;
  readonly lines: number;
  readonly skipped: readonly Notice[];
  readonly tookMs: number;
  readonly changedFiles: number;
}

export interface SymbolFilter {
  readonly file?: string;
  /** Exact name, or `Parent.name`. */
  readonly name?: string;
}

export interface SearchOptions {
  /** Only files below this folder, or this file. */
  readonly path?: string;
  readonly language?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly nextCursor: string | null;
}

export interface HandlerQuery {
  readonly method: HttpMethod | null;
  readonly path: string | null;
  readonly operationId: string | null;
}

/** A workspace's code as one indexing saw it: which code answers an operation, and what that code depends on. */
export interface CodeIndex {
  readonly root: string;
  readonly summary: IndexSummary;
  readonly files: readonly IndexedFile[];
  readonly routes: readonly Route[];
  /** Texts of what says how code is put together and started, by file: manifests, lock files, recipes of images. */
  readonly manifests: ReadonlyMap<string, string>;
  /**
   * Gives the text of an indexed file as it is now.
   *
   * @throws AppError NOT_FOUND for a file that is not there, PATH_NOT_ALLOWED for one outside the root.
   */
  readText(file: string): Promise<string>;
  /** Symbols in the order of file and line. */
  listSymbols(filter: SymbolFilter): readonly CodeSymbol[];
  /** Places for words and identifiers, best first; `getUserById` also finds `get_user_by_id`. */
  search(query: string, options: SearchOptions): SearchPage;
  /**
   * Handlers of an operation, best first; empty is "no handler here". Parameter names may differ, and a base
   * path may be present or missing; operation ids (the frameworks' own naming rules too) and handler names count.
   */
  findHandlers(query: HandlerQuery): readonly HandlerMatch[];
  /** Symbols of the repository that the code in `range` calls, most relevant first, `depth` levels. */
  findCallees(range: CodeRange, depth: number): readonly CodeSymbol[];
  /** Routes whose handler reaches the symbol that encloses `range` within `depth` calls. */
  findReachingRoutes(range: CodeRange, depth: number): readonly Route[];
  /** Where other files import `file` or call what it holds: the first line of each. */
  findUses(file: string): readonly FileUse[];
  /** HTTP clients, engines and pools made or used in `range`; `null`: anywhere. */
  listClients(range: CodeRange | null): readonly ClientUse[];
  /** Version that `fromFile` would get: from the nearest lock file, else the manifest's range, else `null`. */
  findPackageVersion(language: string, name: string, fromFile: string): string | null;
  /** Packages that the package.json nearest above the file declares for running. */
  listDeclaredPackages(fromFile: string): readonly string[];
  /** The innermost symbol that holds all of `range`. */
  enclosingSymbol(range: CodeRange): CodeSymbol | null;
  /** Lets go of the files that this reader holds open. */
  close(): void;
}

/** One piece of code that explains a handler. */
export interface ContextPiece extends CodeRange {
  readonly symbol: string | null;
  /** `handler`: the code asked for; `callee`: what it reaches; `outline`: only the first line, for want of room. */
  readonly role: 'handler' | 'callee' | 'outline';
  readonly text: string;
}

/** A handler with what it depends on, cut to a budget. */
export interface CodeContext {
  readonly start: CodeRange;
  readonly pieces: readonly ContextPiece[];
  readonly clients: readonly ClientUse[];
  /** About 4 characters a token. */
  readonly tokens: number;
  /** Symbols that did not fit. */
  readonly leftOut: readonly CodeSymbol[];
}
