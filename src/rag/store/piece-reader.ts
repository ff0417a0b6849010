import type { Database } from './sqlite.ts';

/** Where a piece of code stands, without its text. */
export interface Piece {
  readonly id: number;
  /** Of the text that is embedded. */
  readonly hash: string;
  readonly file: string;
  readonly language: string;
  readonly symbol: string | null;
  readonly kind: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** What a search is limited to. */
export interface PieceFilter {
  /** A folder or a file. */
  readonly path: string | null;
  readonly language: string | null;
  readonly kind: string | null;
}

const COLUMNS = 'c.id, c.hash, f.file, f.language, c.symbol, c.kind, c.start_line, c.end_line';
/** A name counts more than a path, a path more than the body. */
const WEIGHTS = 'bm25(8.0, 2.0, 1.0)';

/** FTS5 sorts by itself, and only what it gives is joined: four times as quick as joining every match. */
const BEST = `
  SELECT rowid, rank FROM words WHERE words MATCH ? AND rank MATCH '${WEIGHTS}' ORDER BY rank LIMIT ?
`;
const RANK_WITHIN = `
  SELECT c.id, c.symbol, -words.rank AS score
  FROM words JOIN chunks c ON c.id = words.rowid JOIN files f ON f.id = c.file_id
  WHERE words MATCH ?1 AND rank MATCH '${WEIGHTS}'
    AND (?3 IS NULL OR f.file = ?3 OR substr(f.file, 1, length(?3) + 1) = ?3 || '/')
    AND (?4 IS NULL OR f.language = ?4) AND (?5 IS NULL OR c.kind = ?5)
  ORDER BY score DESC, f.file, c.start_line LIMIT ?2
`;

/** A piece by its rank. */
export interface RankedPiece {
  readonly id: number;
  readonly symbol: string;
}

/** Pieces that match any of some FTS5 queries, best first; a piece that several give counts as in the best. */
export function rankPieces(
  database: Database,
  queries: readonly string[],
  limit: number,
): readonly RankedPiece[] {
  const best = queries.map(() => `SELECT * FROM (${BEST})`).join(' UNION ALL ');
  const sql = `
    SELECT c.id, c.symbol, -min(ranked.rank) AS score
    FROM (${best}) ranked
    JOIN chunks c ON c.id = ranked.rowid JOIN files f ON f.id = c.file_id
    GROUP BY c.id ORDER BY score DESC, f.file, c.start_line LIMIT ?
  `;
  const values = queries.flatMap((query) => [query, limit]);
  return database.all(sql, [...values, limit]).map(toRanked);
}

/** Pieces that match an FTS5 query within a filter, best first. */
export function rankPiecesWithin(
  database: Database,
  query: string,
  { path, language, kind }: PieceFilter,
  limit: number,
): readonly RankedPiece[] {
  return database.all(RANK_WITHIN, [query, limit, path, language, kind]).map(toRanked);
}

/** Whether a filter lets every piece through. */
export function isOpen({ path, language, kind }: PieceFilter): boolean {
  return path === null && language === null && kind === null;
}

function toRanked({ id, symbol }: Readonly<Record<string, unknown>>): RankedPiece {
  return { id: Number(id), symbol: textOf(symbol) };
}

/** All pieces, in the order of their ids. */
export function listPieces(database: Database): readonly Piece[] {
  return database
    .all(`SELECT ${COLUMNS} FROM chunks c JOIN files f ON f.id = c.file_id ORDER BY c.id`)
    .map(toPiece);
}

/** Pieces with their texts, in the order of `ids`. */
export function readPieces(
  database: Database,
  ids: readonly number[],
): readonly (Piece & { readonly text: string })[] {
  const read = database.prepare(
    `SELECT ${COLUMNS}, c.text FROM chunks c JOIN files f ON f.id = c.file_id WHERE c.id = ?`,
  );
  try {
    return ids.flatMap((id) => {
      const row = read.get([id]);
      return row === null ? [] : [{ ...toPiece(row), text: textOf(row.text) }];
    });
  } finally {
    read.finalize();
  }
}

function toPiece(row: Readonly<Record<string, unknown>>): Piece {
  return {
    id: Number(row.id),
    hash: textOf(row.hash),
    file: textOf(row.file),
    language: textOf(row.language),
    symbol: row.symbol === null ? null : textOf(row.symbol),
    kind: textOf(row.kind),
    startLine: Number(row.start_line),
    endLine: Number(row.end_line),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
