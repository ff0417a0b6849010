import { AppError } from '../../errors.ts';
import type { Edit } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { explainMisfit } from './fit-hunks.ts';
import { fitLines } from './fit-lines.ts';
import { lineAt, lineBreakOf, splitLines, withLineBreaks } from './text-lines.ts';

/** Text to find in a file, once, and what to put in its place. */
export interface SearchBlock {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/**
 * Finds the one place of each block in `text`: exactly, then by whole lines ignoring white space at their ends.
 *
 * @throws AppError PATCH_INVALID naming the block that fits nowhere, or at more than one place.
 */
export function fitBlocks(file: string, text: string, blocks: readonly SearchBlock[]): Edit[] {
  const lineBreak = lineBreakOf(text);
  return blocks.map((block, index) => {
    const what = `Block ${index + 1} for ${quote(file)}`;
    const search = withLineBreaks(block.search, lineBreak);
    const replace = withLineBreaks(block.replace, lineBreak);
    if (search === '') {
      throw new AppError('PATCH_INVALID', `${what} searches for nothing.`, {
        hint: 'Give the text to replace; for a new file give its content in "files".',
      });
    }
    const fitted = fitText(what, file, text, search, replace);
    if (fitted !== null) return fitted;
    if (
      blocks.slice(0, index).some((earlier) => withLineBreaks(earlier.replace, lineBreak).includes(search))
    ) {
      throw new AppError('PATCH_INVALID', `${what} fits only what an earlier block would put there.`, {
        hint: 'Each block is looked for in the file as it is now: make one block of the two.',
      });
    }
    return fitWholeLines(what, file, text, search, replace);
  });
}

function fitText(what: string, file: string, text: string, search: string, replace: string): Edit | null {
  const offsets: number[] = [];
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) offsets.push(at);
  const [startOffset] = offsets;
  if (startOffset === undefined) return null;
  if (offsets.length > 1) {
    const lines = offsets.map((offset) => lineAt(text, offset));
    throw explainMisfit(what, file, search.split('\n'), { kind: 'ambiguous', lines });
  }
  return { file, startOffset, endOffset: startOffset + search.length, text: replace };
}

function fitWholeLines(what: string, file: string, text: string, search: string, replace: string): Edit {
  const lines = splitLines(text);
  const wanted = search.replace(/\r?\n$/, '').split(/\r?\n/);
  const fit = fitLines(lines, wanted, null);
  const last = fit.kind === 'unique' ? lines[fit.line + wanted.length - 2] : undefined;
  const first = fit.kind === 'unique' ? lines[fit.line - 1] : undefined;
  if (first === undefined || last === undefined) throw explainMisfit(what, file, wanted, fit);
  return {
    file,
    startOffset: first.startOffset,
    endOffset: last.startOffset + last.text.length,
    text: replace.replace(/\r?\n$/, ''),
  };
}
