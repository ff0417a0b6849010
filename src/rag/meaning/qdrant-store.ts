import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Near } from '../search.ts';
import type { GenerationReader } from '../store/generation-reader.ts';
import type { PieceFilter } from '../store/piece-reader.ts';
import type { VectorMatrix } from '../store/vector-segments.ts';
import type { EmbedDeps } from './embed-pieces.ts';
import type { MeaningEndpoints, QdrantEndpoint } from './endpoints.ts';
import { askQdrant } from './qdrant-api.ts';
import { FILTERED_FIELDS, pointId, toPoint, toQdrantFilter, toQueryWords } from './qdrant-points.ts';
import type { RequestDeps } from './request.ts';

const BATCH_POINTS = 128;
const SCROLL_POINTS = 5_000;
const WRITE_ATTEMPTS = 5;
/** A search does not wait long: words alone answer at once. */
const SEARCH_ATTEMPTS = 2;

const collection = z.object({
  config: z.object({
    params: z.object({ vectors: z.object({ meaning: z.object({ size: z.number() }) }) }),
  }),
});
const scrolled = z.object({
  points: z.array(z.object({ id: z.union([z.string(), z.number()]) })),
  next_page_offset: z.union([z.string(), z.number()]).nullish(),
});
const found = z.object({
  points: z.array(z.object({ id: z.union([z.string(), z.number()]), score: z.number() })),
});

/** The vectors of one workspace and model in a collection of a Qdrant server. */
export class QdrantStore {
  readonly #endpoint: QdrantEndpoint;
  readonly #path: string;

  constructor(root: string, { embeddings }: MeaningEndpoints, endpoint: QdrantEndpoint) {
    this.#endpoint = endpoint;
    const name = createHash('sha256').update(`${root}\0${embeddings.baseUrl}\0${embeddings.model}`);
    this.#path = `/collections/breakwater-${name.digest('hex').slice(0, 20)}`;
  }

  /**
   * Brings the collection to what the generation holds: points of new pieces are upserted in batches, those of pieces
   * that are gone are deleted. One that was made for vectors of another length is made anew.
   *
   * @throws AppError QDRANT_UNREACHABLE
   */
  async synchronise(reader: GenerationReader, matrix: VectorMatrix, deps: EmbedDeps): Promise<number> {
    await this.#prepare(matrix.dimensions, deps);
    const wanted = new Map(reader.pieces.map((piece) => [pointId(piece), piece]));
    const present = await this.#listIds(deps);
    const stale = [...present].filter((id) => !wanted.has(id));
    for (let at = 0; at < stale.length; at += SCROLL_POINTS) {
      const points = stale.slice(at, at + SCROLL_POINTS);
      await this.#write('POST', '/points/delete?wait=true', { points }, deps);
    }
    const missing = [...wanted].flatMap(([id, piece]) => (present.has(id) ? [] : [piece.id]));
    for (let at = 0; at < missing.length; at += BATCH_POINTS) {
      deps.onProgress(wanted.size - missing.length + at, wanted.size);
      const pieces = reader.readPieces(missing.slice(at, at + BATCH_POINTS));
      const points = pieces.flatMap((piece) => {
        const row = matrix.rows.get(piece.hash);
        if (row === undefined) return [];
        const from = row * matrix.dimensions;
        return [toPoint(piece, matrix.values.subarray(from, from + matrix.dimensions))];
      });
      if (points.length > 0) await this.#write('PUT', '/points?wait=true', { points }, deps);
    }
    deps.onProgress(wanted.size, wanted.size);
    return missing.length;
  }

  /**
   * Finds pieces by meaning and by words at once (Query API with `prefetch`), within the filter.
   *
   * @throws AppError QDRANT_UNREACHABLE, also when there is no collection yet.
   */
  async findNearest(
    query: string,
    vector: Float32Array,
    reader: GenerationReader,
    filter: PieceFilter,
    limit: number,
    deps: RequestDeps,
  ): Promise<readonly Near[]> {
    const conditions = toQdrantFilter(filter);
    const within = conditions === null ? {} : { filter: conditions };
    const body = {
      prefetch: [
        { query: Array.from(vector), using: 'meaning', limit, ...within },
        { query: toQueryWords(query), using: 'words', limit, ...within },
      ],
      query: { fusion: 'rrf' },
      limit,
      with_payload: false,
    };
    const result = await this.#ask('POST', '/points/query', body, deps, SEARCH_ATTEMPTS);
    if (result === null) throw this.#misfit('has no collection of this workspace');
    const { points } = this.#read(found, result);
    const idOf = new Map(reader.pieces.map((piece) => [pointId(piece), piece.id]));
    return points.flatMap(({ id, score }): Near[] => {
      const piece = idOf.get(String(id));
      return piece === undefined ? [] : [{ id: piece, likeness: `Qdrant ${score.toFixed(2)}` }];
    });
  }

  async #prepare(dimensions: number, deps: RequestDeps): Promise<void> {
    const there = await this.#ask('GET', '', null, deps, WRITE_ATTEMPTS);
    const read = collection.safeParse(there);
    const fits = read.success && read.data.config.params.vectors.meaning.size === dimensions;
    if (there !== null && !fits) await this.#write('DELETE', '', null, deps);
    if (!fits) {
      const vectors = { meaning: { size: dimensions, distance: 'Cosine' } };
      // With `idf`, the server weighs words by how rare they are.
      const sparse = { words: { modifier: 'idf' } };
      await this.#write('PUT', '', { vectors, sparse_vectors: sparse }, deps);
    }
    // Also where the collection was there: a process may have been killed before it made them.
    for (const field of FILTERED_FIELDS) {
      await this.#write('PUT', '/index?wait=true', { field_name: field, field_schema: 'keyword' }, deps);
    }
  }

  async #listIds(deps: RequestDeps): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    let offset: string | number | null = null;
    do {
      const page = { limit: SCROLL_POINTS, with_payload: false, with_vector: false };
      const body: unknown = offset === null ? page : { ...page, offset };
      const result = await this.#ask('POST', '/points/scroll', body, deps, WRITE_ATTEMPTS);
      const { points, next_page_offset: next } = this.#read(scrolled, result);
      for (const { id } of points) ids.add(String(id));
      offset = next ?? null;
    } while (offset !== null);
    return ids;
  }

  async #write(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    deps: RequestDeps,
  ): Promise<void> {
    const result = await this.#ask(method, path, body, deps, WRITE_ATTEMPTS);
    if (result === null) throw this.#misfit('does not know the collection any more');
  }

  #ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    deps: RequestDeps,
    attempts: number,
  ): Promise<unknown> {
    return askQdrant(method, `${this.#path}${path}`, body, this.#endpoint, deps, attempts);
  }

  #read<T>(schema: z.ZodType<T>, result: unknown): T {
    const read = schema.safeParse(result);
    if (!read.success) throw this.#misfit('answers in a form that is not its documented one');
    return read.data;
  }

  #misfit(why: string): AppError {
    const { host } = new URL(this.#endpoint.url);
    return new AppError('QDRANT_UNREACHABLE', `Qdrant at ${host} ${why}.`, {
      hint: 'Run code_index with embeddings: "configured" again; Qdrant 1.10 or newer is needed.',
      retryable: true,
    });
  }
}
