import { AppError } from '../../errors.ts';
import type { Edit } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { type Fit, fitLines } from './fit-lines.ts';
import type { Hunk, HunkLine } from './read-diff.ts';
import { splitLines, type TextLine } from './text-lines.ts';

/** Edits that hunks ask for, and how many of them stood elsewhere than they claimed. */
export interface FittedHunks {
  readonly edits: readonly Edit[];
  readonly moved: number;
  /** Fitted only by ignoring white space at line ends. */
  readonly loose: number;
}

/**
 * Finds the place of each hunk in `text` by its context and removed lines.
 *
 * @throws AppError PATCH_INVALID naming the hunk that fits nowhere, or at more than one place.
 */
export function fitHunks(file: string, text: string, hunks: readonly Hunk[]): FittedHunks {
  const lines = splitLines(text);
  const edits: Edit[] = [];
  let moved = 0;
  let loose = 0;
  for (const [index, hunk] of hunks.entries()) {
    const old = hunk.lines.filter((line) => line.kind !== 'added').map((line) => stripReturn(line.text));
    if (old.length === 0) {
      edits.push(insertBare(file, text, lines, hunk, index));
      continue;
    }
    const fit = fitLines(lines, old, hunk.claimedLine);
    if (fit.kind !== 'unique') throw doesNotFit(file, index, old, fit);
    moved += hunk.claimedLine === null || hunk.claimedLine === fit.line ? 0 : 1;
    loose += fit.exact ? 0 : 1;
    edits.push(...editsOf(file, text, lines.slice(fit.line - 1, fit.line - 1 + old.length), hunk.lines));
  }
  return { edits, moved, loose };
}

/** A hunk with no line of context: only safe in an empty file. */
function insertBare(file: string, text: string, lines: readonly TextLine[], hunk: Hunk, index: number): Edit {
  if (lines.length > 0) {
    throw new AppError(
      'PATCH_INVALID',
      `Hunk ${index + 1} for ${quote(file)} has no line of the file in it, so its place is unknown.`,
      { hint: 'Give a few unchanged lines, each with a space in front, around the added ones.' },
    );
  }
  return { file, startOffset: 0, endOffset: text.length, text: joinAdded(hunk.lines, '\n') };
}

/** One edit for each run of changed lines; context keeps the file's own text. */
function editsOf(
  file: string,
  text: string,
  seen: readonly TextLine[],
  lines: readonly HunkLine[],
): readonly Edit[] {
  const edits: Edit[] = [];
  const first = seen[0]?.startOffset ?? 0;
  let offset = first;
  let next = 0;
  let run: { startOffset: number; added: HunkLine[] } | null = null;
  const flush = (lineBreak: string) => {
    if (run === null) return;
    edits.push({ file, ...fitEnd(text, run.startOffset, offset, joinAdded(run.added, lineBreak)) });
    run = null;
  };
  for (const line of lines) {
    const here: TextLine | undefined = seen[next] ?? seen[next - 1];
    const lineBreak: string = here?.lineBreak || seen[next - 1]?.lineBreak || breakBefore(text, first);
    if (line.kind === 'context') {
      flush(lineBreak);
      offset = endOf(seen[next]);
      next += 1;
      continue;
    }
    run ??= { startOffset: offset, added: [] };
    if (line.kind === 'added') run.added.push({ ...line, text: stripReturn(line.text) });
    else {
      offset = endOf(seen[next]);
      next += 1;
    }
  }
  flush(seen.find((line) => line.lineBreak !== '')?.lineBreak ?? breakBefore(text, first));
  return edits;
}

/** Puts a line break where lines are added after one that ended the file without it. */
function fitEnd(text: string, startOffset: number, endOffset: number, added: string): Omit<Edit, 'file'> {
  const open = startOffset === text.length && startOffset > 0 && !text.endsWith('\n') && added !== '';
  return { startOffset, endOffset, text: open ? `${breakBefore(text, startOffset)}${added}` : added };
}

function joinAdded(lines: readonly HunkLine[], lineBreak: string): string {
  return lines.map((line) => `${line.text}${line.noNewline ? '' : lineBreak}`).join('');
}

function breakBefore(text: string, offset: number): string {
  const newline = text.lastIndexOf('\n', offset);
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n';
}

function endOf(line: TextLine | undefined): number {
  return line === undefined ? 0 : line.startOffset + line.text.length + line.lineBreak.length;
}

function stripReturn(text: string): string {
  return text.replace(/\r$/, '');
}

function doesNotFit(file: string, index: number, wanted: readonly string[], fit: Fit): AppError {
  return explainMisfit(`Hunk ${index + 1} for ${quote(file)}`, file, wanted, fit);
}

/** Says what does not fit: the places, if several; else the nearest text with its line. */
export function explainMisfit(what: string, file: string, wanted: readonly string[], fit: Fit): AppError {
  if (fit.kind === 'ambiguous') {
    return new AppError(
      'PATCH_INVALID',
      `${what} fits at ${fit.lines.length} places: lines ${fit.lines.slice(0, 8).join(', ')}.`,
      { hint: 'Give more of the lines around the change, so that only one place fits.', details: { file } },
    );
  }
  const nearest = fit.kind === 'missing' ? fit.nearest : null;
  if (nearest === null) {
    return new AppError('PATCH_INVALID', `${what} fits nowhere: the file has no text like it.`, {
      hint: 'Read the file again and copy the lines to change exactly as they are.',
      details: { file, wanted: shorten(wanted.join('\n')) },
    });
  }
  const line = nearest.line + nearest.differsAt - 1;
  return new AppError(
    'PATCH_INVALID',
    `${what} fits nowhere. The nearest text begins at line ${nearest.line} and differs first at line ${line}.`,
    {
      hint: 'Copy the lines exactly as they are in the file; the details show both.',
      details: {
        file,
        line,
        wanted: shorten(wanted[nearest.differsAt - 1] ?? ''),
        seen: shorten(nearest.text.split('\n')[nearest.differsAt - 1] ?? ''),
        nearest: shorten(nearest.text),
      },
    },
  );
}

const MAX_SHOWN = 1_200;

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
