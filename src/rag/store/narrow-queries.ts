import type { Database } from './sqlite.ts';

/** A word that more pieces hold tells little, and scoring all of these takes most of the time of a search. */
const COMMON_PIECES = 4_000;
const MAX_KNOWN_WORDS = 2_000;

/** FTS5 queries whose best pieces together are the best for some words. */
export interface NarrowQueries {
  readonly queries: readonly string[];
  /** Whether pieces that match no query may be missing further down. */
  readonly isPart: boolean;
}

/**
 * Chooses what is scored for words. A piece that holds no rare word and not all of the common ones is left out: it
 * would stand behind the others. Where all are common, the least common counts as rare. Pieces that are scored get
 * what the query for any of the words gives them (BM25 adds up over the words:
 * https://www.sqlite.org/fts5.html#the_bm25_function).
 */
export class QueryNarrower {
  readonly #database: Database;
  readonly #commonPieces: number;
  readonly #counts = new Map<string, number>();
  #pieces: number | null = null;

  /** @param commonPieces a word that more pieces hold is common. */
  constructor(database: Database, commonPieces: number = COMMON_PIECES) {
    this.#database = database;
    this.#commonPieces = commonPieces;
  }

  /** @param words quoted for FTS5, at least one. */
  narrow(words: readonly string[]): NarrowQueries {
    if (words.length === 1) return { queries: [anyOf(words)], isPart: false };
    const counted = words.map((word) => ({ word, count: this.#countPieces(word) }));
    const limit = Math.max(this.#commonPieces, Math.min(...counted.map(({ count }) => count)));
    const rare = counted.filter(({ count }) => count <= limit).map(({ word }) => word);
    // BM25 gives nothing for a word that half of the pieces hold.
    const tells = (count: number) => count > limit && count * 2 < this.#countAll();
    const common = counted.filter(({ count }) => tells(count)).map(({ word }) => word);
    const isPart = rare.length < words.length;
    if (common.length === 0) return { queries: [anyOf(rare)], isPart };
    const withCommon = `((${anyOf(rare)}) AND (${anyOf(common)}))`;
    const withoutRare = common.length === 1 ? '' : ` OR ((${common.join(' AND ')}) NOT (${anyOf(rare)}))`;
    return { queries: [`${withCommon}${withoutRare}`, anyOf(rare)], isPart: true };
  }

  #countAll(): number {
    this.#pieces ??= Number(this.#database.get('SELECT count(*) AS count FROM words_docsize')?.count);
    return this.#pieces;
  }

  /** Pieces that hold a word. */
  #countPieces(word: string): number {
    const known = this.#counts.get(word);
    if (known !== undefined) return known;
    const sql = 'SELECT count(*) AS count FROM words WHERE words MATCH ?';
    const count = Number(this.#database.get(sql, [word])?.count);
    if (this.#counts.size >= MAX_KNOWN_WORDS) this.#counts.clear();
    this.#counts.set(word, count);
    return count;
  }
}

/** The query for pieces that hold any of `words`. */
export function anyOf(words: readonly string[]): string {
  return words.join(' OR ');
}
