import type { NewFileRow } from './store/rows.ts';

/** What the thread of the index is asked to do. */
export type IndexRequest =
  /** Reads files; one whose hash is `knownSha256` is only confirmed. */
  | { readonly do: 'read'; readonly root: string; readonly files: readonly FileToRead[] }
  | {
      readonly do: 'begin';
      readonly path: string;
      readonly base: string | null;
      /** Of the program that reads facts. */
      readonly version: string;
      readonly removed: readonly string[];
    }
  | { readonly do: 'add'; readonly rows: readonly NewFileRow[] }
  | { readonly do: 'finish' };

export interface FileToRead {
  readonly file: string;
  readonly modifiedMs: number;
  readonly knownSha256: string | null;
}

/** What became of one file. */
export type FileRead =
  | { readonly result: 'read'; readonly row: NewFileRow }
  /** The text is what it was. */
  | { readonly result: 'same'; readonly file: string }
  | { readonly result: 'skipped'; readonly file: string; readonly reason: string };

export type IndexReply =
  | { readonly ok: true; readonly files: readonly FileRead[] }
  | { readonly ok: false; readonly error: string };
