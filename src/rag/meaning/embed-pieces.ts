import { AppError } from '../../errors.ts';
import { embeddedText } from '../chunk.ts';
import type { GenerationReader } from '../store/generation-reader.ts';
import type { StoredVector, VectorSegments } from '../store/vector-segments.ts';
import { embedTexts } from './embedder.ts';
import type { EmbeddingEndpoint } from './endpoints.ts';
import type { RequestDeps } from './request.ts';

/** What came of embedding. */
export interface Embedded {
  /** Different texts. */
  readonly total: number;
  /** Sent now; the others were known. */
  readonly sent: number;
  readonly dimensions: number;
}

export interface EmbedDeps extends RequestDeps {
  /** Told after each batch that is stored. */
  readonly onProgress: (done: number, total: number) => void;
}

const BATCH_TEXTS = 32;
/** Sent side by side and stored together: what a killed process may lose. */
const GROUP_TEXTS = 4 * BATCH_TEXTS;

/**
 * Embeds the pieces of a generation whose texts have no vector yet, and stores each few batches, so that a killed or
 * failed run is gone on with. Where the model turns out to give vectors of another length than before, all are made
 * anew.
 *
 * @throws AppError EMBEDDINGS_FAILED; the signal's reason when it aborts.
 */
export async function embedPieces(
  reader: GenerationReader,
  segments: VectorSegments,
  endpoint: EmbeddingEndpoint,
  deps: EmbedDeps,
): Promise<Embedded> {
  const idOf = new Map(reader.pieces.map(({ hash, id }) => [hash, id]));
  await segments.compact(new Set(idOf.keys()));
  let sent = 0;
  // The second round is for a model that has changed its vectors meanwhile; there is no third.
  for (let round = 0; round < 2; round++) {
    const known = await segments.read();
    const missing = [...idOf].flatMap(([hash, id]) => (known.rows.has(hash) ? [] : [id]));
    if (missing.length === 0) return { total: idOf.size, sent, dimensions: known.dimensions };
    let done = idOf.size - missing.length;
    deps.onProgress(done, idOf.size);
    for (let at = 0; at < missing.length; at += GROUP_TEXTS) {
      const { vectors, failure } = await embedGroup(
        reader,
        missing.slice(at, at + GROUP_TEXTS),
        endpoint,
        deps,
      );
      await segments.add(vectors);
      sent += vectors.length;
      done += vectors.length;
      deps.onProgress(done, idOf.size);
      if (failure !== null) throw failure;
    }
  }
  const { rows, dimensions } = await segments.read();
  if ([...idOf.keys()].every((hash) => rows.has(hash))) return { total: idOf.size, sent, dimensions };
  throw new AppError('EMBEDDINGS_FAILED', 'The endpoint gives vectors of changing length.', {
    hint: 'Ask it for one model; a router that changes models cannot be used.',
  });
}

/** What a group of batches gives; with a failure, what the other batches gave. */
async function embedGroup(
  reader: GenerationReader,
  ids: readonly number[],
  endpoint: EmbeddingEndpoint,
  deps: RequestDeps,
): Promise<{ readonly vectors: readonly StoredVector[]; readonly failure: unknown }> {
  const batches: (readonly number[])[] = [];
  for (let at = 0; at < ids.length; at += BATCH_TEXTS) batches.push(ids.slice(at, at + BATCH_TEXTS));
  const ends = await Promise.allSettled(
    batches.map(async (batch) => {
      const pieces = reader.readPieces(batch);
      const vectors = await embedTexts(pieces.map(embeddedText), endpoint, deps);
      return vectors.map((vector, place): StoredVector => ({ hash: pieces[place]?.hash ?? '', vector }));
    }),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  // Of batches that a change of models has parted, the last length counts.
  const length = done.at(-1)?.[0]?.vector.length ?? 0;
  const vectors = done.flat().filter(({ vector }) => vector.length === length);
  return { vectors, failure: failed === undefined ? null : failed.reason };
}
