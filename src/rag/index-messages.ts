import type { NewFileRow } from './store/rows.ts';

/** Files that a thread is asked to read; one whose hash is `knownSha256` is only confirmed. */
export interface IndexRequest {
  readonly root: string;
  readonly files: readonly FileToRead[];
}

export interface FileToRead {
  readonly file: string;
  readonly stamp: string;
  readonly knownSha256: string | null;
}

/** What became of one file. */
export type FileRead =
  | { readonly result: 'read'; readonly row: NewFileRow }
  /** The text is what it was. */
  | { readonly result: 'same'; readonly file: string; readonly stamp: string }
  | { readonly result: 'skipped'; readonly file: string; readonly reason: string };
