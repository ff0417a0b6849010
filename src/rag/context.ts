import type { ClientUse, CodeRange, CodeSymbol } from '../types-code.ts';
import type { CodeContext, ContextPiece } from './code-index.ts';
import type { CodeReader } from './code-reader.ts';

export interface ContextOptions {
  /** Levels of calls to follow. */
  readonly depth: number;
  readonly budgetTokens: number;
}

const CHARS_PER_TOKEN = 4;
/** A callee longer than this share of the budget is shown by its first lines. */
const MAX_SHARE = 0.34;
const OUTLINE_LINES = 3;

/**
 * Gathers the code at `start`, what it calls, and the clients and pools on the way, nearest first, within the budget.
 * What does not fit is named in `leftOut`.
 *
 * @throws AppError NOT_FOUND when the file of `start` is not there.
 */
export async function buildContext(
  index: CodeReader,
  start: CodeRange,
  options: ContextOptions,
): Promise<CodeContext> {
  const budget = options.budgetTokens * CHARS_PER_TOKEN;
  const symbols = await index.findCallees(start, options.depth);
  const readLines = lineReader(index);
  const pieces: ContextPiece[] = [];
  const leftOut: CodeSymbol[] = [];
  let used = 0;
  const add = (piece: ContextPiece) => {
    pieces.push(piece);
    used += piece.text.length;
  };
  const symbol = (await index.enclosingSymbol(start))?.name ?? null;
  add({ ...firstLines(start, await readLines(start), budget), symbol, role: 'handler' });
  const owners = new Set(symbols.map(({ file, parent }) => `${file} ${parent}`));
  for (const callee of symbols) {
    const text = await readLines(callee).catch(() => null);
    if (text === null || holds(pieces, callee)) continue;
    // Of a class whose members are called, these say more than its whole text.
    const longest = owners.has(`${callee.file} ${pathOf(callee)}`) ? 0 : budget * MAX_SHARE;
    const piece = cutToFit(callee, text, longest, budget - used);
    if (piece === null) leftOut.push(callee);
    else add(piece);
  }
  const clients = await listClientsOf([start, ...symbols], index);
  return { start, pieces, clients, tokens: Math.ceil(used / CHARS_PER_TOKEN), leftOut };
}

/** As many whole lines as fit, at least a part of the first, and the range that they are. */
function firstLines(range: CodeRange, text: string, budget: number): CodeRange & { readonly text: string } {
  const { file, startLine, endLine } = range;
  if (text.length <= budget) return { file, startLine, endLine, text };
  const cut = text.slice(0, budget + 1);
  const kept = cut.includes('\n') ? cut.slice(0, cut.lastIndexOf('\n')) : cut.slice(0, budget);
  return { file, startLine, endLine: startLine + kept.split('\n').length - 1, text: kept };
}

/** The whole symbol, else its first lines; `null`: not even these fit. */
function cutToFit(callee: CodeSymbol, text: string, longest: number, left: number): ContextPiece | null {
  const { file, startLine, endLine } = callee;
  const symbol = pathOf(callee);
  const lines = text.split('\n').slice(0, OUTLINE_LINES);
  const short = lines.join('\n');
  if (text.length <= left && (text.length <= longest || short === text)) {
    return { file, startLine, endLine, symbol, role: 'callee', text };
  }
  if (short.length > left) return null;
  return { file, startLine, endLine: startLine + lines.length - 1, symbol, role: 'outline', text: short };
}

function pathOf({ parent, name }: CodeSymbol): string {
  return parent === '' ? name : `${parent}.${name}`;
}

async function listClientsOf(ranges: readonly CodeRange[], index: CodeReader): Promise<readonly ClientUse[]> {
  const found = new Map<string, ClientUse>();
  for (const range of ranges) {
    for (const use of await index.listClients(range))
      found.set(`${use.file}:${use.startLine}:${use.call}`, use);
  }
  return [...found.values()];
}

function lineReader(index: CodeReader): (range: CodeRange) => Promise<string> {
  const files = new Map<string, Promise<readonly string[]>>();
  return async ({ file, startLine, endLine }) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = index.readText(file).then((text) => text.split('\n'));
      files.set(file, lines);
    }
    return (await lines).slice(startLine - 1, endLine).join('\n');
  };
}

function holds(pieces: readonly ContextPiece[], range: CodeRange): boolean {
  return pieces.some(
    (piece) =>
      piece.file === range.file && piece.startLine <= range.startLine && piece.endLine >= range.endLine,
  );
}
