import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../errors.ts';
import type { GenerationFiles } from './generation-files.ts';
import { Database } from './sqlite.ts';

/** A text's hash and its vector. */
export interface StoredVector {
  readonly hash: string;
  readonly vector: Float32Array;
}

/** Vectors of one model, one after the other in one matrix. */
export interface VectorMatrix {
  /** 0: there are none. */
  readonly dimensions: number;
  /** Row of a hash. */
  readonly rows: ReadonlyMap<string, number>;
  readonly values: Float32Array;
}

const SEGMENT = /^(\d+)-[0-9a-f]+\.db$/;
const MANY_SEGMENTS = 8;

/**
 * Vectors by the hash of their text, for one endpoint and model, in files that are never written again: each is built
 * under a private name, and put in its place by a rename. So a killed process loses at most the batch under way, and
 * two processes at once only do some work twice.
 */
export class VectorSegments {
  readonly #files: GenerationFiles;
  readonly #folder: string;

  /** @param name endpoint and model: vectors of different models cannot be compared. */
  constructor(stateFolder: string, files: GenerationFiles, name: string) {
    this.#files = files;
    this.#folder = join(stateFolder, 'vectors', createHash('sha256').update(name).digest('hex').slice(0, 16));
  }

  /** Names what is stored: it changes with every segment. */
  async fingerprint(): Promise<string> {
    return (await this.#list()).join(' ');
  }

  /** Reads everything. Where vectors of several lengths lie, the length that was written last counts. */
  async read(): Promise<VectorMatrix> {
    const names = await this.#list();
    const dimensions = await this.#lastDimensions(names);
    const found = new Map<string, Float32Array>();
    for (const name of names.filter((one) => dimensionsOf(one) === dimensions)) {
      for (const { hash, vector } of await this.#readSegment(name)) found.set(hash, vector);
    }
    const values = new Float32Array(found.size * dimensions);
    const rows = new Map<string, number>();
    for (const [hash, vector] of found) {
      values.set(vector, rows.size * dimensions);
      rows.set(hash, rows.size);
    }
    return { dimensions, rows, values };
  }

  /** Adds vectors, all of one length; those of another length are not of the same model any more, and are removed. */
  async add(vectors: readonly StoredVector[]): Promise<void> {
    const dimensions = vectors[0]?.vector.length ?? 0;
    if (dimensions === 0) return;
    await mkdir(this.#folder, { recursive: true });
    const path = this.#files.privatePath();
    try {
      writeSegment(path, vectors);
      await rename(path, join(this.#folder, `${dimensions}-${randomBytes(6).toString('hex')}.db`));
    } finally {
      await this.#files.discard(path);
    }
    const others = (await this.#list()).filter((name) => dimensionsOf(name) !== dimensions);
    for (const name of others) await rm(join(this.#folder, name), { force: true });
  }

  /** Joins many segments into one, without what is neither wanted nor a small part. */
  async compact(wanted: ReadonlySet<string>): Promise<void> {
    const names = await this.#list();
    if (names.length < MANY_SEGMENTS) return;
    const { dimensions, rows, values } = await this.read();
    const keepAll = rows.size <= wanted.size * 2;
    const kept = [...rows].flatMap(([hash, row]): StoredVector[] =>
      keepAll || wanted.has(hash)
        ? [{ hash, vector: values.subarray(row * dimensions, (row + 1) * dimensions) }]
        : [],
    );
    await this.add(kept);
    for (const name of names) await rm(join(this.#folder, name), { force: true });
  }

  async #list(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => SEGMENT.test(name)).sort();
  }

  async #lastDimensions(names: readonly string[]): Promise<number> {
    let last = { dimensions: 0, atMs: -1 };
    for (const name of names) {
      const atMs = (await stat(join(this.#folder, name)).catch(() => null))?.mtimeMs ?? -1;
      if (atMs >= last.atMs) last = { dimensions: dimensionsOf(name), atMs };
    }
    return last.dimensions;
  }

  async #readSegment(name: string): Promise<readonly StoredVector[]> {
    const path = this.#files.privatePath();
    try {
      await link(join(this.#folder, name), path);
    } catch (error) {
      // Another process has joined it into a larger one since the folder was listed.
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
    try {
      return readVectors(path);
    } finally {
      await this.#files.discard(path);
    }
  }
}

function dimensionsOf(name: string): number {
  return Number(SEGMENT.exec(name)?.[1] ?? 0);
}

function writeSegment(path: string, vectors: readonly StoredVector[]): void {
  const database = new Database(path);
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN');
    database.exec('CREATE TABLE vectors (hash TEXT PRIMARY KEY, vector BLOB NOT NULL) STRICT, WITHOUT ROWID');
    const insert = database.prepare('INSERT OR REPLACE INTO vectors VALUES (?, ?)');
    for (const { hash, vector } of vectors) {
      insert.run([hash, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)]);
    }
    insert.finalize();
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

function readVectors(path: string): readonly StoredVector[] {
  const database = new Database(path, { readOnly: true, fileMustExist: true });
  try {
    return database.all('SELECT hash, vector FROM vectors').flatMap(({ hash, vector }): StoredVector[] => {
      if (typeof hash !== 'string' || !(vector instanceof Uint8Array)) return [];
      return [{ hash, vector: new Float32Array(vector.slice().buffer) }];
    });
  } finally {
    database.close();
  }
}
