import { constants, copyFileSync, existsSync } from 'node:fs';
import { indexWords } from '../words.ts';
import { type NewFileRow, SCHEMA_VERSION } from './rows.ts';
import { Database } from './sqlite.ts';

const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE files (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, language TEXT NOT NULL, sha256 TEXT NOT NULL,
    lines INTEGER NOT NULL, bytes INTEGER NOT NULL, modified_ms REAL NOT NULL, facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, symbol TEXT, kind TEXT NOT NULL,
    start_line INTEGER NOT NULL, end_line INTEGER NOT NULL, text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_file ON chunks (file_id);
  CREATE VIRTUAL TABLE words USING fts5 (
    name, path, body, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
  );
`;

/** Builds one generation in a private file; nothing of it counts before it is published. */
export class GenerationWriter {
  readonly #database: Database;

  /** Begins with a copy of `base` where there is one. */
  constructor(path: string, base: string | null, version: string) {
    const isCopy = base !== null && existsSync(base);
    if (isCopy) copyFileSync(base, path, constants.COPYFILE_FICLONE);
    this.#database = new Database(path);
    // The file is private and thrown away when the build fails: no journal is needed, and this build of SQLite
    // would not roll one back.
    this.#database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;');
    this.#database.exec('BEGIN');
    if (isCopy) return;
    this.#database.exec(SCHEMA);
    this.#database.run("INSERT INTO meta VALUES ('version', ?)", [`${SCHEMA_VERSION}.${version}`]);
  }

  remove(files: readonly string[]): void {
    for (const file of files) {
      const row = this.#database.get('SELECT id FROM files WHERE file = ?', [file]);
      const id = row?.id;
      if (typeof id !== 'number') continue;
      this.#database.run('DELETE FROM words WHERE rowid IN (SELECT id FROM chunks WHERE file_id = ?)', [id]);
      this.#database.run('DELETE FROM chunks WHERE file_id = ?', [id]);
      this.#database.run('DELETE FROM files WHERE id = ?', [id]);
    }
  }

  add(rows: readonly NewFileRow[]): void {
    this.remove(rows.map((row) => row.file));
    const file = this.#database.prepare(
      'INSERT INTO files (file, language, sha256, lines, bytes, modified_ms, facts) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const chunk = this.#database.prepare(
      'INSERT INTO chunks (file_id, symbol, kind, start_line, end_line, text) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const words = this.#database.prepare('INSERT INTO words (rowid, name, path, body) VALUES (?, ?, ?, ?)');
    try {
      for (const row of rows) {
        const { lastInsertRowid: fileId } = file.run([
          row.file,
          row.language,
          row.sha256,
          row.lines,
          row.bytes,
          row.modifiedMs,
          row.facts,
        ]);
        const path = indexWords(row.file);
        for (const one of row.chunks) {
          const { lastInsertRowid: id } = chunk.run([
            fileId,
            one.symbol,
            one.kind,
            one.startLine,
            one.endLine,
            one.text,
          ]);
          words.run([id, indexWords(one.symbol ?? ''), path, indexWords(one.text)]);
        }
      }
    } finally {
      for (const statement of [file, chunk, words]) statement.finalize();
    }
  }

  /** Ends the build; the file may be published. */
  finish(): void {
    this.#database.exec('COMMIT');
    this.#database.close();
  }

  /** Gives the build up. */
  abandon(): void {
    this.#database.close();
  }
}
