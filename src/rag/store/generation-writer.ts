import { constants, copyFileSync, existsSync } from 'node:fs';
import { type ChunkRow, type NewFileRow, SCHEMA_VERSION } from './rows.ts';
import { Database, type Statement } from './sqlite.ts';

const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE files (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, language TEXT NOT NULL, sha256 TEXT NOT NULL,
    lines INTEGER NOT NULL, bytes INTEGER NOT NULL, stamp TEXT NOT NULL, facts BLOB NOT NULL
  ) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, symbol TEXT, kind TEXT NOT NULL,
    start_line INTEGER NOT NULL, end_line INTEGER NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_file ON chunks (file_id);
  CREATE VIRTUAL TABLE words USING fts5 (
    name, path, body, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
  );
`;

const STATEMENTS = {
  file: 'INSERT INTO files (file, language, sha256, lines, bytes, stamp, facts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  chunk:
    'INSERT INTO chunks (file_id, symbol, kind, start_line, end_line, text, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  words: 'INSERT INTO words (rowid, name, path, body) VALUES (?, ?, ?, ?)',
  stamp: 'UPDATE files SET stamp = ? WHERE file = ?',
} as const;

/** Builds one generation in a private file; nothing of it counts before it is published. */
export class GenerationWriter {
  readonly #database: Database;
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, Statement>>;

  /** Begins with a copy of `base` where there is one. */
  constructor(path: string, base: string | null, version: string) {
    const isCopy = base !== null && existsSync(base);
    if (isCopy) copyFileSync(base, path, constants.COPYFILE_FICLONE);
    this.#database = new Database(path);
    // The file is private and thrown away when the build fails: no journal is needed, and this build of SQLite
    // would not roll one back.
    this.#database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;');
    this.#database.exec('BEGIN');
    if (!isCopy) {
      this.#database.exec(SCHEMA);
      this.#database.run("INSERT INTO meta VALUES ('version', ?)", [`${SCHEMA_VERSION}.${version}`]);
    }
    this.#statements = {
      file: this.#database.prepare(STATEMENTS.file),
      chunk: this.#database.prepare(STATEMENTS.chunk),
      words: this.#database.prepare(STATEMENTS.words),
      stamp: this.#database.prepare(STATEMENTS.stamp),
    };
  }

  remove(file: string): void {
    const id = this.#database.get('SELECT id FROM files WHERE file = ?', [file])?.id;
    if (typeof id !== 'number') return;
    this.#database.run('DELETE FROM words WHERE rowid IN (SELECT id FROM chunks WHERE file_id = ?)', [id]);
    this.#database.run('DELETE FROM chunks WHERE file_id = ?', [id]);
    this.#database.run('DELETE FROM files WHERE id = ?', [id]);
  }

  /** Adds a file, in place of what was known of it. */
  add(row: NewFileRow): void {
    this.remove(row.file);
    const { file, language, sha256, lines, bytes, stamp, facts } = row;
    const values = [file, language, sha256, lines, bytes, stamp, facts];
    const { lastInsertRowid: fileId } = this.#statements.file.run(values);
    for (const chunk of row.chunks) this.#addChunk(chunk, fileId, row.pathWords);
  }

  /** Notes that a file whose content is what it was has another stamp. */
  restamp(file: string, stamp: string): void {
    this.#statements.stamp.run([stamp, file]);
  }

  /** Ends the build; the file may be published. */
  finish(): void {
    this.#finalize();
    this.#database.exec('COMMIT');
    this.#database.close();
  }

  /** Gives the build up. */
  abandon(): void {
    if (!this.#database.isOpen) return;
    this.#finalize();
    this.#database.close();
  }

  #addChunk(chunk: ChunkRow, fileId: number | bigint, pathWords: string): void {
    const { symbol, kind, startLine, endLine, text, hash, nameWords, bodyWords } = chunk;
    const { lastInsertRowid: id } = this.#statements.chunk.run([
      fileId,
      symbol,
      kind,
      startLine,
      endLine,
      text,
      hash,
    ]);
    this.#statements.words.run([id, nameWords, pathWords, bodyWords]);
  }

  #finalize(): void {
    for (const statement of Object.values(this.#statements)) {
      if (!statement.isFinalized) statement.finalize();
    }
  }
}
