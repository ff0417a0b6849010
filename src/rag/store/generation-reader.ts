import { rmSync } from 'node:fs';
import { type FileRow, SCHEMA_VERSION } from './rows.ts';
import { Database } from './sqlite.ts';

/** One piece found by its words. */
export interface FoundChunk {
  readonly file: string;
  readonly symbol: string | null;
  readonly kind: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
  /** Larger is better. */
  readonly score: number;
}

/** What a search is limited to. */
export interface ChunkFilter {
  readonly path: string | null;
  readonly language: string | null;
  readonly kind: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** A name counts more than a path, a path more than the body. */
const FIND = `
  SELECT f.file, c.symbol, c.kind, c.start_line, c.end_line, c.text, -bm25(words, 8.0, 2.0, 1.0) AS score
  FROM words JOIN chunks c ON c.id = words.rowid JOIN files f ON f.id = c.file_id
  WHERE words MATCH ?
    AND (?2 IS NULL OR f.file = ?2 OR substr(f.file, 1, length(?2) + 1) = ?2 || '/')
    AND (?3 IS NULL OR f.language = ?3) AND (?4 IS NULL OR c.kind = ?4)
  ORDER BY score DESC, f.file, c.start_line LIMIT ?5 OFFSET ?6
`;

const openReaders = new Set<GenerationReader>();

/** A lock that is not given back would stay on disk for ever. */
function closeAll(): void {
  for (const reader of openReaders) reader.close();
}

/** Reads one generation through a link of its own. */
export class GenerationReader {
  readonly #database: Database;
  readonly path: string;
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#database = new Database(path, { readOnly: true, fileMustExist: true });
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
    const sql = 'SELECT file, language, sha256, lines, bytes, stamp FROM files';
    return this.#database.all(sql).map((row) => ({
      file: text(row.file),
      language: text(row.language),
      sha256: text(row.sha256),
      lines: Number(row.lines),
      bytes: Number(row.bytes),
      stamp: text(row.stamp),
    }));
  }

  /** Facts of every file, packed. */
  readFacts(): ReadonlyMap<string, Uint8Array> {
    const rows = this.#database.all('SELECT file, facts FROM files');
    return new Map(
      rows.flatMap(({ file, facts }) => (facts instanceof Uint8Array ? [[text(file), facts]] : [])),
    );
  }

  /** Finds pieces that hold any of `words`, best first. */
  find(words: readonly string[], filter: ChunkFilter): readonly FoundChunk[] {
    if (!this.#open || words.length === 0) return [];
    const query = words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' OR ');
    const values = [query, filter.path, filter.language, filter.kind, filter.limit, filter.offset];
    return this.#database.all(FIND, values).map((row) => ({
      file: text(row.file),
      symbol: row.symbol === null ? null : text(row.symbol),
      kind: text(row.kind),
      startLine: Number(row.start_line),
      endLine: Number(row.end_line),
      text: text(row.text),
      score: Number(row.score),
    }));
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

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
