import type { Chunk } from '../chunk.ts';

/** One file as the index keeps it. */
export interface FileRow {
  readonly file: string;
  readonly language: string;
  readonly sha256: string;
  readonly lines: number;
  readonly bytes: number;
  /** Changes with size, times and inode of the file; empty: the file was too young to trust them. */
  readonly stamp: string;
  /** As `packFacts` gives them. */
  readonly facts: Uint8Array<ArrayBuffer>;
}

/** A file that was read anew, with its pieces. */
export interface NewFileRow extends FileRow {
  readonly pathWords: string;
  readonly chunks: readonly ChunkRow[];
}

/** A piece with the words that find it. */
export interface ChunkRow extends Chunk {
  /** Of the text that is embedded. */
  readonly hash: string;
  readonly nameWords: string;
  readonly bodyWords: string;
}

/** Generations of another version are built anew. */
export const SCHEMA_VERSION = 3;
