import type { SearchOptions } from './code-index.ts';
import type { CodeReader } from './code-reader.ts';
import type { CodeThread } from './code-thread.ts';
import { listDeclaredPackages } from './manifests/declared-packages.ts';
import { findPackageVersion } from './manifests/packages.ts';
import type { MeaningEndpoints } from './meaning/endpoints.ts';
import type { EmbedSummary, FoundPage } from './meaning/meaning.ts';
import { readTextBelow } from './read-text.ts';

/** An index in another thread, which can look for meaning as well. */
export interface OpenCode extends CodeReader {
  /**
   * Sends the texts that have no vector yet to the endpoint, and stores what it gives.
   *
   * @throws AppError EMBEDDINGS_FAILED, QDRANT_UNREACHABLE
   */
  embed(
    endpoints: MeaningEndpoints,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<EmbedSummary>;
  /** Searches by name, by words, and by meaning where vectors exist; the query is sent to the endpoint then. */
  find(
    query: string,
    options: SearchOptions,
    endpoints: MeaningEndpoints,
    signal: AbortSignal,
  ): Promise<FoundPage>;
}

/**
 * Opens the index of `root`, held by another thread: linking and searching never keep the caller's thread.
 *
 * @throws AppError STORAGE_FAILED when the index cannot be written, INTERNAL when the thread died.
 */
export async function openCode(
  root: string,
  stateFolder: string,
  thread: CodeThread,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<OpenCode> {
  const opened = await thread.open(root, stateFolder, signal, onProgress);
  const { index, summary, files, routes, manifests } = opened;
  // The thread answers each question as its name and the index's types say.
  const ask = <T>(asked: Parameters<CodeThread['ask']>[1]) => thread.ask(index, asked) as Promise<T>;
  return {
    root: opened.root,
    summary,
    files,
    routes,
    manifests,
    readText: (file) => readTextBelow(opened.root, file),
    listSymbols: (...args) => ask({ question: 'listSymbols', args }),
    search: (...args) => ask({ question: 'search', args }),
    findHandlers: (...args) => ask({ question: 'findHandlers', args }),
    findCallees: (...args) => ask({ question: 'findCallees', args }),
    findReachingRoutes: (...args) => ask({ question: 'findReachingRoutes', args }),
    findUses: (...args) => ask({ question: 'findUses', args }),
    listClients: (...args) => ask({ question: 'listClients', args }),
    enclosingSymbol: (...args) => ask({ question: 'enclosingSymbol', args }),
    findPackageVersion: (language, name, fromFile) => findPackageVersion(manifests, language, name, fromFile),
    listDeclaredPackages: (fromFile) => listDeclaredPackages(manifests, fromFile),
    embed: (endpoints, embedSignal, embedProgress) =>
      thread.embed(index, endpoints, embedSignal, embedProgress),
    find: (query, options, endpoints, findSignal) =>
      thread.find(index, query, options, endpoints, findSignal),
    close: () => thread.close(index),
  };
}
