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

/** Logging and errors explain a handler least. */
const MINOR = /^log(_|ger|[A-Z]|$)|^(debug|info|warn|warning|trace)$|(Error|Exception)$/i;

/**
 * Gathers the code at `start`, what it calls, and the clients and pools on the way, nearest first, within the budget.
 * Of what it calls itself at least the first lines are shown before what lies further has room. What does not fit is
 * named in `leftOut`.
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
  const direct = new Set((await index.findCallees(start, 1)).map(placeOf));
  const readLines = lineReader(index);
  const pieces: ContextPiece[] = [];
  const leftOut: CodeSymbol[] = [];
  const name = (await index.enclosingSymbol(start))?.name ?? null;
  pieces.push({ ...firstLines(start, await readLines(start), budget), symbol: name, role: 'handler' });
  const owners = new Set(symbols.map(({ file, parent }) => `${file} ${parent}`));
  const found: { readonly callee: CodeSymbol; readonly text: string }[] = [];
  for (const callee of [...symbols].sort((a, b) => rankOf(a, direct) - rankOf(b, direct))) {
    const text = await readLines(callee).catch(() => null);
    if (text !== null) found.push({ callee, text });
  }
  let reserved = 0;
  for (const { callee, text } of found) if (direct.has(placeOf(callee))) reserved += outlineOf(text).length;
  for (const { callee, text } of found) {
    if (direct.has(placeOf(callee))) reserved -= outlineOf(text).length;
    if (holds(pieces, callee)) continue;
    const left = budget - charsOf(pieces);
    // Of a class whose members are called, these say more than its whole text.
    const longest = owners.has(`${callee.file} ${pathOf(callee)}`) ? 0 : budget * MAX_SHARE;
    const piece = cutToFit(callee, text, Math.min(longest, left - reserved), left);
    if (piece === null) leftOut.push(callee);
    else pieces.push(piece);
  }
  const clients = await listClientsOf([start, ...symbols], index);
  return { start, pieces, clients, tokens: Math.ceil(charsOf(pieces) / CHARS_PER_TOKEN), leftOut };
}

function rankOf(callee: CodeSymbol, direct: ReadonlySet<string>): number {
  return (direct.has(placeOf(callee)) ? 0 : 2) + (MINOR.test(callee.name) ? 1 : 0);
}

function placeOf({ file, startLine, name }: CodeSymbol): string {
  return `${file}:${startLine} ${name}`;
}

function charsOf(pieces: readonly ContextPiece[]): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
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
  const short = outlineOf(text);
  if (text.length <= left && (text.length <= longest || short === text)) {
    return { file, startLine, endLine, symbol, role: 'callee', text };
  }
  if (short.length > left) return null;
  const lines = short.split('\n').length;
  return { file, startLine, endLine: startLine + lines - 1, symbol, role: 'outline', text: short };
}

function outlineOf(text: string): string {
  return text.split('\n').slice(0, OUTLINE_LINES).join('\n');
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
