import type { ErrorCode } from '../errors.ts';
import type { Route } from '../types-code.ts';
import type { CodeIndex, IndexedFile, IndexSummary } from './code-index.ts';
import type { CodeQuestion } from './code-reader.ts';

/** A question with its arguments. */
export type AskedQuestion = {
  readonly [Question in CodeQuestion]: {
    readonly question: Question;
    readonly args: Parameters<CodeIndex[Question]>;
  };
}[CodeQuestion];

/** What the thread of the code is asked; `id` names the request. */
export type CodeRequest =
  | { readonly id: number; readonly do: 'open'; readonly root: string; readonly stateFolder: string }
  | { readonly id: number; readonly do: 'ask'; readonly index: number; readonly asked: AskedQuestion }
  | { readonly do: 'close'; readonly index: number }
  /** Gives up an `open` that is under way. */
  | { readonly do: 'abort'; readonly id: number };

/** An index that was opened: what needs no further question. */
export interface OpenedCode {
  readonly index: number;
  readonly root: string;
  readonly summary: IndexSummary;
  readonly files: readonly IndexedFile[];
  readonly routes: readonly Route[];
  readonly manifests: ReadonlyMap<string, string>;
}

export type CodeReply =
  | { readonly id: number; readonly is: 'progress'; readonly done: number; readonly total: number }
  | { readonly id: number; readonly is: 'opened'; readonly opened: OpenedCode }
  | { readonly id: number; readonly is: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly is: 'error'; readonly error: SentError };

/** An error as it goes from thread to thread. */
export interface SentError {
  /** `null`: no AppError. */
  readonly code: ErrorCode | null;
  readonly name: string;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
}
