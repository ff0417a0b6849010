import { createHash } from 'node:crypto';
import { embeddedText } from '../chunk.ts';
import type { Piece, PieceFilter } from '../store/piece-reader.ts';
import { indexWords, queryWords } from '../words.ts';

/** A vector of words: the place of each is its hash, the value how often it stands there. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** A point as `PUT /collections/{name}/points` takes it. */
export interface Point {
  readonly id: string;
  readonly vector: { readonly meaning: readonly number[]; readonly words: SparseVector };
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What of a payload searches filter by; each has an index. */
export const FILTERED_FIELDS = ['places', 'language', 'kind'] as const;

/** Names a piece by its place and its text, as a UUID of a kind of our own (version 8, RFC 9562 §5.8). */
export function pointId({ file, startLine, hash }: Piece): string {
  const bytes = createHash('sha256').update(`${file}\0${startLine}\0${hash}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The point of a piece. Its text stays here: Qdrant is given where it stands, not what it says. */
export function toPoint(piece: Piece & { readonly text: string }, meaning: Float32Array): Point {
  const { file, language, symbol, kind, startLine, endLine } = piece;
  const words = indexWords(`${file} ${embeddedText(piece)}`).split(' ');
  return {
    id: pointId(piece),
    vector: { meaning: Array.from(meaning), words: toSparse(words) },
    payload: {
      file,
      places: placesOf(file),
      language,
      symbol,
      kind,
      start_line: startLine,
      end_line: endLine,
    },
  };
}

/** The words of a query, each once. */
export function toQueryWords(query: string): SparseVector {
  return toSparse(queryWords(query));
}

/** Conditions as Qdrant's `filter`; `null`: none. */
export function toQdrantFilter({ path, language, kind }: PieceFilter): unknown {
  const wanted = [
    ['places', path],
    ['language', language],
    ['kind', kind],
  ] as const;
  const must = wanted.flatMap(([key, value]) => (value === null ? [] : [{ key, match: { value } }]));
  return must.length === 0 ? null : { must };
}

/** The file and every folder that it lies in. */
function placesOf(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function toSparse(words: readonly string[]): SparseVector {
  const counts = new Map<number, number>();
  for (const word of words) {
    if (word === '') continue;
    const place = hashWord(word);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    indices: sorted.map(([place]) => place),
    // Saturates as BM25 does: a word that stands twice does not count twice.
    values: sorted.map(([, count]) => (count * 2.2) / (count + 1.2)),
  };
}

/** FNV-1a, 32 bits: Qdrant names the dimensions of a sparse vector by u32. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
