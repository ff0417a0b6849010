import { AppError } from '../../errors.ts';
import type { SearchOptions, SearchPage } from '../code-index.ts';
import { filterOf, type Near, searchPieces } from '../search.ts';
import { GenerationFiles } from '../store/generation-files.ts';
import type { GenerationReader } from '../store/generation-reader.ts';
import { type VectorMatrix, VectorSegments } from '../store/vector-segments.ts';
import { type EmbedDeps, embedPieces } from './embed-pieces.ts';
import { embedTexts } from './embedder.ts';
import type { MeaningEndpoints } from './endpoints.ts';
import { findNearest } from './nearest.ts';
import { QdrantStore } from './qdrant-store.ts';
import type { RequestDeps } from './request.ts';

/** A page of a search that may have looked for meaning too. */
export interface FoundPage extends SearchPage {
  /** Why meaning was not looked for; `null`: it was, or nothing is configured or embedded. */
  readonly withoutMeaning: string | null;
}

/** What embedding a workspace has done. */
export interface EmbedSummary {
  readonly texts: number;
  readonly sent: number;
  readonly dimensions: number;
  /** Points that were written to Qdrant; `null`: none is configured. */
  readonly points: number | null;
}

/** How many pieces the ranking by meaning has. */
const DEPTH = 100;
const QUERIES_KEPT = 100;

/** The meaning of one workspace's code: its vectors, and what they are near to. */
export class Meaning {
  readonly #endpoints: MeaningEndpoints;
  readonly #segments: VectorSegments;
  readonly #qdrant: QdrantStore | null;
  readonly #queries = new Map<string, Float32Array>();
  #matrix: VectorMatrix | null = null;
  #fingerprint = '';

  constructor(root: string, stateFolder: string, endpoints: MeaningEndpoints) {
    const { embeddings, qdrant } = endpoints;
    this.#endpoints = endpoints;
    const name = `${embeddings.baseUrl}\n${embeddings.model}`;
    this.#segments = new VectorSegments(stateFolder, new GenerationFiles(stateFolder), name);
    this.#qdrant = qdrant === null ? null : new QdrantStore(root, endpoints, qdrant);
  }

  /**
   * Embeds what is new, and brings Qdrant up to date where it is configured.
   *
   * @throws AppError EMBEDDINGS_FAILED, QDRANT_UNREACHABLE
   */
  async embed(reader: GenerationReader, deps: EmbedDeps): Promise<EmbedSummary> {
    const { total, sent, dimensions } = await embedPieces(
      reader,
      this.#segments,
      this.#endpoints.embeddings,
      deps,
    );
    const matrix = await this.#readMatrix();
    const points =
      this.#qdrant === null || dimensions === 0 ? null : await this.#qdrant.synchronise(reader, matrix, deps);
    return { texts: total, sent, dimensions, points };
  }

  /** Searches by name and words, and by meaning where vectors exist; what fails there is named, and words serve alone. */
  async find(
    reader: GenerationReader,
    query: string,
    options: SearchOptions,
    deps: RequestDeps,
  ): Promise<FoundPage> {
    try {
      const near = await this.#rank(reader, query, options, deps);
      return { ...searchPieces(reader, query, options, near), withoutMeaning: null };
    } catch (error) {
      deps.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const why = `${error.code}: ${error.message} ${error.hint ?? ''}`.trim();
      return { ...searchPieces(reader, query, options), withoutMeaning: why };
    }
  }

  async #rank(
    reader: GenerationReader,
    query: string,
    options: SearchOptions,
    deps: RequestDeps,
  ): Promise<readonly Near[]> {
    const matrix = await this.#readMatrix();
    // Nothing was embedded: the user has not asked for anything to be sent.
    if (matrix.dimensions === 0) return [];
    const vector = await this.#embedQuery(query, deps);
    const filter = filterOf(options);
    return this.#qdrant === null
      ? findNearest(vector, matrix, reader.pieces, filter, DEPTH)
      : this.#qdrant.findNearest(query, vector, reader, filter, DEPTH, deps);
  }

  async #embedQuery(query: string, deps: RequestDeps): Promise<Float32Array> {
    const known = this.#queries.get(query);
    if (known !== undefined) return known;
    const [vector = new Float32Array()] = await embedTexts([query], this.#endpoints.embeddings, deps);
    if (this.#queries.size >= QUERIES_KEPT) this.#queries.clear();
    this.#queries.set(query, vector);
    return vector;
  }

  async #readMatrix(): Promise<VectorMatrix> {
    const fingerprint = await this.#segments.fingerprint();
    if (this.#matrix === null || fingerprint !== this.#fingerprint) {
      this.#matrix = await this.#segments.read();
      this.#fingerprint = fingerprint;
    }
    return this.#matrix;
  }
}
