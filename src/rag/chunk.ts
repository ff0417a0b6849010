import type { StoredFacts, SymbolFact } from './facts.ts';

/** A piece of a file that a search can find: a symbol, or what stands between symbols. */
export interface Chunk {
  readonly symbol: string | null;
  readonly kind: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
}

/** What of a piece is embedded; some 2,000 tokens at most. */
export function embeddedText({ symbol, text }: Pick<Chunk, 'symbol' | 'text'>): string {
  return `${symbol ?? ''}\n${text}`.slice(0, MAX_EMBEDDED_CHARS).trim();
}

const MAX_EMBEDDED_CHARS = 6_000;
const MAX_LINES = 120;
/** Classes up to this length are one piece. */
const SMALL_CLASS_LINES = 40;
const MAX_CHARS = 12_000;

/** Cuts a file along its symbols; long ones in windows, with the lines between symbols in pieces of their own. */
export function cutChunks(facts: StoredFacts, text: string): readonly Chunk[] {
  const lines = text.split('\n');
  const roots = facts.symbols.filter((symbol) => symbol.kind !== 'variable' && symbol.inScope === 0);
  const chunks: Chunk[] = [];
  cutRange({ startLine: 1, endLine: facts.lines }, null, 'module', sorted(roots), facts, lines, chunks);
  return chunks;
}

function cutRange(
  range: { readonly startLine: number; readonly endLine: number },
  symbol: string | null,
  kind: string,
  inner: readonly SymbolFact[],
  facts: StoredFacts,
  lines: readonly string[],
  chunks: Chunk[],
): void {
  let next = range.startLine;
  for (const child of inner) {
    // A doc comment right above a symbol belongs to it.
    const start = commentAbove(child.startLine, next, lines);
    if (start < next || child.endLine > range.endLine) continue;
    addWindows(next, start - 1, symbol, kind, lines, chunks);
    addSymbol(child, start, facts, lines, chunks);
    next = child.endLine + 1;
  }
  addWindows(next, range.endLine, symbol, kind, lines, chunks);
}

function addSymbol(
  symbol: SymbolFact,
  start: number,
  facts: StoredFacts,
  lines: readonly string[],
  chunks: Chunk[],
): void {
  const name = symbol.parent === '' ? symbol.name : `${symbol.parent}.${symbol.name}`;
  const isSmall = symbol.endLine - start < SMALL_CLASS_LINES;
  if (isSmall || (symbol.kind !== 'class' && symbol.kind !== 'interface')) {
    addWindows(start, symbol.endLine, name, symbol.kind, lines, chunks);
    return;
  }
  const members = facts.symbols.filter(
    (member) => member.inScope === symbol.scope && member.kind !== 'variable',
  );
  const range = { startLine: start, endLine: symbol.endLine };
  cutRange(range, name, symbol.kind, sorted(members), facts, lines, chunks);
}

function addWindows(
  startLine: number,
  endLine: number,
  symbol: string | null,
  kind: string,
  lines: readonly string[],
  chunks: Chunk[],
): void {
  for (let start = startLine; start <= endLine; start += MAX_LINES) {
    const end = Math.min(endLine, start + MAX_LINES - 1);
    const text = lines
      .slice(start - 1, end)
      .join('\n')
      .slice(0, MAX_CHARS);
    if (/[\p{L}\p{N}]/u.test(text)) chunks.push({ symbol, kind, startLine: start, endLine: end, text });
  }
}

function commentAbove(line: number, limit: number, lines: readonly string[]): number {
  let start = line;
  while (start > limit && /^\s*(\/\/|\/\*|\*|#(?!include)|\/\/\/)/.test(lines[start - 2] ?? '')) start--;
  return start;
}

function sorted(symbols: readonly SymbolFact[]): readonly SymbolFact[] {
  return [...symbols].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
