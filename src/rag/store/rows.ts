import type { Chunk } from '../chunk.ts';

/** One file as the index keeps it. */
export interface FileRow {
  readonly file: string;
  readonly language: string;
  readonly sha256: string;
  readonly lines: number;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Facts as JSON. */
  readonly facts: string;
}

/** A file that was read anew, with its pieces. */
export interface NewFileRow extends FileRow {
  readonly chunks: readonly Chunk[];
}

/** Generations of another version are built anew. */
export const SCHEMA_VERSION = 1;
