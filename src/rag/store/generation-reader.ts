import { rmSync } from 'node:fs';
import { z } from 'zod';
import { joinWords } from '../words.ts';
import { anyOf, QueryNarrower } from './narrow-queries.ts';
import {
  isOpen,
  listPieces,
  type Piece,
  type PieceFilter,
  type RankedPiece,
  rankPieces,
  rankPiecesWithin,
  readPieces,
} from './piece-reader.ts';
import { type FileRow, SCHEMA_VERSION } from './rows.ts';
import { Database } from './sqlite.ts';

const filesSchema = z.array(
  z.tuple([z.string(), z.string(), z.string(), z.number(), z.number(), z.string()]),
);
/** With fewer pieces than some pages show, those are looked for too that hold but one common word. */
const ENOUGH_PIECES = 50;
const openReaders = new Set<GenerationReader>();

/** A lock that is not given back would stay on disk for ever. */
function closeAll(): void {
  for (const reader of openReaders) reader.close();
}

/** Reads one generation through a link of its own. */
export class GenerationReader {
  readonly #database: Database;
  readonly #narrower: QueryNarrower;
  readonly path: string;
  #open = true;
  #pieces: readonly Piece[] | null = null;

  constructor(path: string) {
    this.path = path;
    this.#database = new Database(path, { readOnly: true, fileMustExist: true });
    this.#narrower = new QueryNarrower(this.#database);
    if (openReaders.size === 0) process.once('exit', closeAll);
    openReaders.add(this);
  }

  /** `false`: it was written by another version of the program. */
  isCurrent(version: string): boolean {
    try {
      const row = this.#database.get("SELECT value FROM meta WHERE key = 'version'");
      return row?.value === `${SCHEMA_VERSION}.${version}`;
    } catch {
      return false;
    }
  }

  /** What is known of each file, without its facts. */
  listFiles(): readonly Omit<FileRow, 'facts'>[] {
    // One text for all rows: reading values one by one through WebAssembly takes about twice as long.
    const sql =
      'SELECT json_group_array(json_array(file, language, sha256, lines, bytes, stamp)) AS rows FROM files';
    const rows = filesSchema.parse(JSON.parse(text(this.#database.get(sql)?.rows)));
    return rows.map(([file, language, sha256, lines, bytes, stamp]) => ({
      file,
      language,
      sha256,
      lines,
      bytes,
      stamp,
    }));
  }

  /** Facts of every file, packed. */
  readFacts(): ReadonlyMap<string, Uint8Array> {
    const rows = this.#database.all('SELECT file, facts FROM files');
    return new Map(
      rows.flatMap(({ file, facts }) => (facts instanceof Uint8Array ? [[text(file), facts]] : [])),
    );
  }

  /** Ids of pieces that hold any of `words`, best first. */
  rankByWords(words: readonly string[], filter: PieceFilter, limit: number): readonly number[] {
    if (!this.#open || words.length === 0) return [];
    const quoted = words.map(quoteWord);
    if (!isOpen(filter)) return idsOf(rankPiecesWithin(this.#database, anyOf(quoted), filter, limit));
    const { queries, isPart } = this.#narrower.narrow(quoted);
    const found = rankPieces(this.#database, queries, limit);
    const isEnough = !isPart || found.length >= Math.min(limit, ENOUGH_PIECES);
    return idsOf(isEnough ? found : rankPieces(this.#database, [anyOf(quoted)], limit));
  }

  /** Ids of pieces that are named so: `name` is lower case and without separators, as `joinWords` gives it. */
  rankByName(name: string, filter: PieceFilter, limit: number): readonly number[] {
    if (!this.#open || name === '') return [];
    const query = `name : ${quoteWord(name)}`;
    const found = isOpen(filter)
      ? rankPieces(this.#database, [query], limit)
      : rankPiecesWithin(this.#database, query, filter, limit);
    const isNamed = (symbol: string) => symbol.split('.').some((part) => joinWords(part) === name);
    return found.flatMap(({ id, symbol }) => (isNamed(symbol) ? [id] : []));
  }

  /** Every piece of this generation, read once. */
  get pieces(): readonly Piece[] {
    if (!this.#open) return [];
    this.#pieces ??= listPieces(this.#database);
    return this.#pieces;
  }

  readPieces(ids: readonly number[]): readonly (Piece & { readonly text: string })[] {
    return this.#open ? readPieces(this.#database, ids) : [];
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    openReaders.delete(this);
    if (openReaders.size === 0) process.removeListener('exit', closeAll);
    this.#database.close();
    rmSync(this.path, { force: true });
    rmSync(`${this.path}.lock`, { recursive: true, force: true });
  }
}

function idsOf(pieces: readonly RankedPiece[]): readonly number[] {
  return pieces.map(({ id }) => id);
}

function quoteWord(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
