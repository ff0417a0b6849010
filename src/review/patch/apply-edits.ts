import { AppError } from '../../errors.ts';
import type { Edit } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { lineAt } from './text-lines.ts';

/**
 * Gives `text` with all `edits` of one file done at once; their offsets are those of `text`. The same edit given
 * twice is done once, so that the fixes of two findings may ask for the same import.
 *
 * @throws AppError PATCH_INVALID when edits overlap or lie outside the text.
 */
export function applyEdits(file: string, text: string, edits: readonly Edit[]): string {
  let result = '';
  let doneOffset = 0;
  for (const edit of sortEdits(edits)) {
    if (edit.startOffset < 0 || edit.endOffset > text.length || edit.startOffset > edit.endOffset) {
      throw new AppError(
        'PATCH_INVALID',
        `An edit of ${quote(file)} covers ${edit.startOffset} to ${edit.endOffset}, but the file has ${text.length} characters.`,
        { hint: 'Review the code again: the file is not the one that was reviewed.' },
      );
    }
    if (edit.startOffset < doneOffset) {
      throw new AppError(
        'PATCH_INVALID',
        `Two edits of ${quote(file)} overlap at line ${lineAt(text, edit.startOffset)}.`,
        { hint: 'Propose them one after the other, or write one edit that does both.' },
      );
    }
    result += text.slice(doneOffset, edit.startOffset) + edit.text;
    doneOffset = edit.endOffset;
  }
  return result + text.slice(doneOffset);
}

/** Whether some two of the edits touch the same text. */
export function haveOverlap(edits: readonly Edit[]): boolean {
  return [...new Set(edits.map((edit) => edit.file))].some((file) =>
    sortEdits(edits.filter((edit) => edit.file === file)).some(
      (edit, index, all) => edit.startOffset < (all[index - 1]?.endOffset ?? 0),
    ),
  );
}

/** By place; insertions at one place keep the order in which they were given. */
function sortEdits(edits: readonly Edit[]): readonly Edit[] {
  const unique = edits.filter((edit, index) => edits.findIndex((other) => isSame(edit, other)) === index);
  return unique.toSorted((a, b) => a.startOffset - b.startOffset || a.endOffset - b.endOffset);
}

function isSame(a: Edit, b: Edit): boolean {
  return a.startOffset === b.startOffset && a.endOffset === b.endOffset && a.text === b.text;
}
