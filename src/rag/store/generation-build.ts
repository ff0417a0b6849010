import type { GenerationFiles } from './generation-files.ts';
import type { GenerationReader } from './generation-reader.ts';
import type { GenerationWriter } from './generation-writer.ts';
import type { NewFileRow } from './rows.ts';

/** A generation on its way: begun with the first change, so that nothing is written where nothing has changed. */
export class GenerationBuild {
  readonly #files: GenerationFiles;
  readonly #base: GenerationReader | null;
  readonly #version: string;
  readonly #load: () => Promise<typeof GenerationWriter>;
  readonly #path: string;
  #writer: GenerationWriter | null = null;

  /** @param base the generation that the new one begins with; `null`: none. */
  constructor(files: GenerationFiles, base: GenerationReader | null, version: string) {
    this.#files = files;
    this.#base = base;
    this.#version = version;
    this.#path = files.privatePath();
    this.#load = async () => (await import('./generation-writer.ts')).GenerationWriter;
  }

  async add(rows: readonly NewFileRow[]): Promise<void> {
    if (rows.length === 0) return;
    const writer = await this.#begin();
    for (const row of rows) writer.add(row);
  }

  async remove(files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const writer = await this.#begin();
    for (const file of files) writer.remove(file);
  }

  /** Notes new stamps; they alone begin a generation only when there are many, since reading on is cheaper. */
  async restamp(stamps: ReadonlyMap<string, string>): Promise<void> {
    if (this.#writer === null && stamps.size < WORTH_WRITING) return;
    const writer = await this.#begin();
    for (const [file, stamp] of stamps) writer.restamp(file, stamp);
  }

  /** Publishes what was built and opens it; the base where nothing has changed. */
  async publish(): Promise<GenerationReader> {
    if (this.#writer === null && this.#base !== null) return this.#base;
    const writer = await this.#begin();
    writer.finish();
    const link = await this.#files.publish(this.#path);
    const { GenerationReader: Reader } = await import('./generation-reader.ts');
    const reader = new Reader(link);
    this.#base?.close();
    return reader;
  }

  /** Removes what the build has left. Idempotent, and harmless after `publish`. */
  async discard(): Promise<void> {
    this.#writer?.abandon();
    await this.#files.discard(this.#path);
  }

  async #begin(): Promise<GenerationWriter> {
    if (this.#writer !== null) return this.#writer;
    const Writer = await this.#load();
    this.#writer ??= new Writer(this.#path, this.#base?.path ?? null, this.#version);
    return this.#writer;
  }
}

const WORTH_WRITING = 100;
