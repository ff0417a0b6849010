import type { Near } from '../search.ts';
import type { Piece, PieceFilter } from '../store/piece-reader.ts';
import type { VectorMatrix } from '../store/vector-segments.ts';

/** Below this cosine nothing is near: texts about anything have some likeness. */
const MIN_COSINE = 0.15;

/** The pieces whose vectors are nearest to `query` (length 1), by an exact search: every vector is compared. */
export function findNearest(
  query: Float32Array,
  matrix: VectorMatrix,
  pieces: readonly Piece[],
  filter: PieceFilter,
  limit: number,
): readonly Near[] {
  if (query.length !== matrix.dimensions) return [];
  const likenessOf = new Map<string, number>();
  const found: { readonly id: number; readonly cosine: number }[] = [];
  for (const piece of pieces) {
    const row = matrix.rows.get(piece.hash);
    if (row === undefined || !passes(piece, filter)) continue;
    const cosine = likenessOf.get(piece.hash) ?? multiply(query, matrix.values, row * query.length);
    likenessOf.set(piece.hash, cosine);
    if (cosine >= MIN_COSINE) found.push({ id: piece.id, cosine });
  }
  return found
    .sort((a, b) => b.cosine - a.cosine || a.id - b.id)
    .slice(0, limit)
    .map(({ id, cosine }) => ({ id, likeness: `cosine ${cosine.toFixed(2)}` }));
}

function passes({ file, language, kind }: Piece, filter: PieceFilter): boolean {
  const { path } = filter;
  return (
    (path === null || file === path || file.startsWith(`${path}/`)) &&
    (filter.language === null || language === filter.language) &&
    (filter.kind === null || kind === filter.kind)
  );
}

function multiply(query: Float32Array, values: Float32Array, from: number): number {
  let sum = 0;
  for (let at = 0; at < query.length; at++) sum += (query[at] ?? 0) * (values[from + at] ?? 0);
  return sum;
}
