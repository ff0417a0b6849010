import type { CodeReader } from './code-reader.ts';
import type { CodeThread } from './code-thread.ts';
import { listDeclaredPackages } from './declared-packages.ts';
import { findPackageVersion } from './packages.ts';
import { readTextBelow } from './read-text.ts';

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
): Promise<CodeReader> {
  const opened = await thread.open(root, stateFolder, signal, onProgress);
  const { index, summary, files, routes, manifests } = opened;
  // The thread answers each question as its name and the index's types say.
  const ask = <T>(asked: Parameters<CodeThread['ask']>[1]) => thread.ask(index, asked) as Promise<T>;
  return {
    root: opened.root,
    summary,
    files,
    routes,
    readText: (file) => readTextBelow(opened.root, file),
    listSymbols: (...args) => ask({ question: 'listSymbols', args }),
    search: (...args) => ask({ question: 'search', args }),
    findHandlers: (...args) => ask({ question: 'findHandlers', args }),
    findCallees: (...args) => ask({ question: 'findCallees', args }),
    findReachingRoutes: (...args) => ask({ question: 'findReachingRoutes', args }),
    listClients: (...args) => ask({ question: 'listClients', args }),
    enclosingSymbol: (...args) => ask({ question: 'enclosingSymbol', args }),
    findPackageVersion: (language, name, fromFile) => findPackageVersion(manifests, language, name, fromFile),
    listDeclaredPackages: (fromFile) => listDeclaredPackages(manifests, fromFile),
    close: () => thread.close(index),
  };
}
