import type { SearchHit } from '../types-code.ts';
import type { SearchOptions, SearchPage } from './code-index.ts';
import { type Fused, fuseRanks } from './fuse.ts';
import type { GenerationReader } from './store/generation-reader.ts';
import type { Piece, PieceFilter } from './store/piece-reader.ts';
import { joinWords, queryWords, splitIdentifier } from './words.ts';

/** A piece that is near in meaning. */
export interface Near {
  readonly id: number;
  /** Cosine, or what the store of the vectors says; for people. */
  readonly likeness: string;
}

const EXCERPT_LINES = 6;
const MAX_LINE = 200;
/** How far down each ranking counts; later pages end there. */
const DEPTH = 200;

/**
 * Searches the pieces of a generation by name, by words and, where `near` ranks them, by meaning. The rankings are
 * fused by reciprocal rank.
 */
export function searchPieces(
  reader: GenerationReader,
  query: string,
  options: SearchOptions,
  near: readonly Near[] = [],
): SearchPage {
  const words = queryWords(query);
  const filter = filterOf(options);
  const named = reader.rankByName(joinWords(query), filter, DEPTH);
  const worded = reader.rankByWords(words, filter, DEPTH);
  const fused = fuseRanks([named, worded, near.map(({ id }) => id)]);
  const offset = Math.max(0, Number(options.cursor ?? 0) || 0);
  const page = fused.slice(offset, offset + options.limit);
  const nextCursor = fused.length > offset + options.limit ? String(offset + options.limit) : null;
  const likeness = new Map(near.map((one) => [one.id, one.likeness]));
  const pieces = new Map(reader.readPieces(page.map(({ item }) => item)).map((piece) => [piece.id, piece]));
  const hits = page.flatMap((entry): SearchHit[] => {
    const piece = pieces.get(entry.item);
    return piece === undefined ? [] : [toHit(piece, entry, words, likeness.get(entry.item) ?? null)];
  });
  return { hits, nextCursor };
}

/** What the options of a search limit it to. */
export function filterOf({ path, language, kind }: SearchOptions): PieceFilter {
  const place = path === undefined ? null : path.replace(/^\.?\/|\/$/g, '') || null;
  return { path: place, language: language ?? null, kind: kind ?? null };
}

function toHit(
  piece: Piece & { readonly text: string },
  { score, ranks: [named] }: Fused<number>,
  words: readonly string[],
  likeness: string | null,
): SearchHit {
  const inName = words.filter((word) => splitIdentifier(piece.symbol ?? '').includes(word));
  const body = piece.text.toLowerCase();
  const inBody = words.filter((word) => body.includes(word));
  const reasons = [
    typeof named === 'number' ? 'is named so' : inName.length > 0 ? `name has ${inName.join(', ')}` : '',
    inBody.length > 0
      ? `code has ${inBody.join(', ')}`
      : likeness === null
        ? 'another form of the words'
        : '',
    likeness === null ? '' : `near in meaning (${likeness})`,
  ];
  return {
    file: piece.file,
    startLine: piece.startLine,
    endLine: piece.endLine,
    symbol: piece.symbol,
    score: Math.round(score * 100_000) / 100_000,
    why: reasons.filter((reason) => reason !== '').join('; '),
    excerpt: excerptOf(piece.text, words),
  };
}

/** The lines around the first that has most of the words. */
function excerptOf(text: string, words: readonly string[]): string {
  const lines = text.split('\n');
  const counts = lines.map((line) => {
    const lower = line.toLowerCase();
    return words.filter((word) => lower.includes(word)).length;
  });
  const best = counts.indexOf(Math.max(...counts));
  const start = Math.max(0, Math.min(best - 1, lines.length - EXCERPT_LINES));
  return lines
    .slice(start, start + EXCERPT_LINES)
    .map((line) => line.slice(0, MAX_LINE))
    .join('\n')
    .trimEnd();
}
