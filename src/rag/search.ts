import type { SearchHit } from '../types-code.ts';
import type { SearchOptions, SearchPage } from './code-index.ts';
import type { FoundChunk, GenerationReader } from './store/generation-reader.ts';
import { queryWords, splitIdentifier } from './words.ts';

const EXCERPT_LINES = 6;
const MAX_LINE = 200;

/** Searches the pieces of a generation by words and identifiers. */
export function searchChunks(reader: GenerationReader, query: string, options: SearchOptions): SearchPage {
  const words = queryWords(query);
  const offset = Math.max(0, Number(options.cursor ?? 0) || 0);
  const found = reader.find(words, {
    path: options.path === undefined ? null : options.path.replace(/^\.?\/|\/$/g, '') || null,
    language: options.language ?? null,
    kind: options.kind ?? null,
    limit: options.limit + 1,
    offset,
  });
  const page = found.slice(0, options.limit);
  const nextCursor = found.length > options.limit ? String(offset + options.limit) : null;
  return { hits: page.map((chunk) => toHit(chunk, words)), nextCursor };
}

function toHit(chunk: FoundChunk, words: readonly string[]): SearchHit {
  const inName = words.filter((word) => splitIdentifier(chunk.symbol ?? '').includes(word));
  const body = chunk.text.toLowerCase();
  const inBody = words.filter((word) => body.includes(word));
  const reasons = [
    inName.length > 0 ? `name has ${inName.join(', ')}` : '',
    inBody.length > 0 ? `code has ${inBody.join(', ')}` : 'another form of the words',
  ];
  return {
    file: chunk.file,
    startLine: chunk.startLine,
    endLine: chunk.endLine,
    symbol: chunk.symbol,
    score: Math.round(chunk.score * 1000) / 1000,
    why: reasons.filter((reason) => reason !== '').join('; '),
    excerpt: excerptOf(chunk.text, words),
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
