import type { CodeIndex } from './code-index.ts';

/** Questions whose answers are looked up in linked code, which may lie in another thread. */
export type CodeQuestion =
  | 'listSymbols'
  | 'search'
  | 'findHandlers'
  | 'findCallees'
  | 'findReachingRoutes'
  | 'findUses'
  | 'listClients'
  | 'enclosingSymbol';

/** A code index whose answers may take a message to another thread; a `CodeIndex` is one too. */
export type CodeReader = Omit<CodeIndex, CodeQuestion> & {
  readonly [Question in CodeQuestion]: (
    ...args: Parameters<CodeIndex[Question]>
  ) => ReturnType<CodeIndex[Question]> | Promise<ReturnType<CodeIndex[Question]>>;
};
