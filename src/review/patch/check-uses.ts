import { posix } from 'node:path';
import { AppError } from '../../errors.ts';
import type { FileUse } from '../../rag/names/find-uses.ts';
import type { PatchCheck } from '../../types-code.ts';
import { splitLines } from './text-lines.ts';
import type { TextChange } from './write-diff.ts';

/** Where other files need each of `files`, in their order. */
export type FindUses = (files: readonly string[]) => Promise<readonly (readonly FileUse[])[]>;

const MAX_NAMED = 5;

/**
 * Names files that go on to use a file which the patch deletes or renames, by the index of the code as it is now.
 * It is a hint: code that nothing runs may import what is gone.
 */
export async function checkUses(
  changes: readonly TextChange[],
  findUses: FindUses,
): Promise<readonly PatchCheck[]> {
  const gone = changes.filter((change) => change.newText === null && !hasSuccessor(change, changes));
  if (gone.length === 0) return [];
  const message = await findUses(gone.map(({ file }) => file)).then(
    (found) => describe(gone, found, changes),
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return `files that use what is deleted were not looked for: ${error.message}`;
    },
  );
  return message === null ? [] : [{ name: 'uses', ok: true, message }];
}

function describe(
  gone: readonly TextChange[],
  found: readonly (readonly FileUse[])[],
  changes: readonly TextChange[],
): string | null {
  const left = gone.flatMap(({ file }, at) => {
    const uses = (found[at] ?? []).filter((use) => isLeft(use, changes));
    return uses.length === 0 ? [] : [`${file} by ${list(uses)}`];
  });
  return left.length === 0
    ? null
    : `deleted and still used: ${left.join('; ')}; change them in the same patch`;
}

/** `db.ts` or `db/index.js` may stand for a deleted `db.js`. */
function hasSuccessor({ file }: TextChange, changes: readonly TextChange[]): boolean {
  return changes.some(
    ({ oldText, newText, file: made }) =>
      oldText === null && newText !== null && stemOf(made) === stemOf(file),
  );
}

function stemOf(file: string): string {
  const { dir, name } = posix.parse(file);
  return /^(index|__init__)$/.test(name) ? dir : posix.join(dir, name);
}

/** Whether the line of the use is still in its file after the patch. */
function isLeft({ file, line }: FileUse, changes: readonly TextChange[]): boolean {
  const change = changes.find((one) => one.file === file);
  if (change === undefined) return true;
  if (change.newText === null || line === null) return false;
  const text = splitLines(change.oldText ?? '')[line - 1]?.text.trim();
  return splitLines(change.newText).some((one) => one.text.trim() === text);
}

function list(uses: readonly FileUse[]): string {
  const shown = uses.slice(0, MAX_NAMED).map(({ file, line }) => (line === null ? file : `${file}:${line}`));
  const more = uses.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
