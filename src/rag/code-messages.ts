import type { ErrorCode } from '../errors.ts';
import type { Route } from '../types-code.ts';
import type { CodeIndex, IndexedFile, IndexSummary, SearchOptions } from './code-index.ts';
import type { CodeQuestion } from './code-reader.ts';
import type { MeaningEndpoints } from './meaning/endpoints.ts';
import type { EmbedSummary, FoundPage } from './meaning/meaning.ts';

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
  /** Embeds what is new. */
  | {
      readonly id: number;
      readonly do: 'embed';
      readonly index: number;
      readonly endpoints: MeaningEndpoints;
    }
  /** Searches by meaning too. */
  | {
      readonly id: number;
      readonly do: 'find';
      readonly index: number;
      readonly query: string;
      readonly options: SearchOptions;
      readonly endpoints: MeaningEndpoints;
    }
  | { readonly do: 'close'; readonly index: number }
  /** Gives up what is under way. */
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
  | { readonly id: number; readonly is: 'embedded'; readonly summary: EmbedSummary }
  | { readonly id: number; readonly is: 'found'; readonly page: FoundPage }
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
