import { formatPatch, structuredPatch } from 'diff';
import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';

const CONTEXT_LINES = 3;
const MAX_DIFF_MS = 10_000;

/** Texts of one file before and after; `null`: the file is not there. */
export interface TextChange {
  readonly file: string;
  readonly oldText: string | null;
  readonly newText: string | null;
}

/**
 * Writes a unified diff with `a/` and `b/` paths that `git apply` and `patch -p1` accept. Git's own header stands
 * before each file, since nothing else can say that an empty file appears or goes.
 *
 * @throws AppError LIMIT_EXCEEDED when two texts have too little in common to be compared in time.
 */
export function writeDiff(changes: readonly TextChange[]): string {
  return changes.map(writeFileDiff).join('');
}

function writeFileDiff({ file, oldText, newText }: TextChange): string {
  const isCreate = oldText === null;
  const isDelete = newText === null;
  const patch = structuredPatch(
    isCreate ? '/dev/null' : `a/${file}`,
    isDelete ? '/dev/null' : `b/${file}`,
    oldText ?? '',
    newText ?? '',
    undefined,
    undefined,
    { context: CONTEXT_LINES, timeout: MAX_DIFF_MS },
  );
  if (patch === undefined) {
    throw new AppError('LIMIT_EXCEEDED', `${quote(file)} differs too much to be compared in time.`, {
      hint: 'Propose smaller edits instead of the whole file.',
    });
  }
  const text = formatPatch({
    ...patch,
    isGit: true,
    ...(isCreate ? { isCreate, newMode: '100644' } : {}),
    ...(isDelete ? { isDelete, oldMode: '100644' } : {}),
  });
  // A tab ends a name that has a space in it, as git writes it: `patch` would stop at the space.
  if (!file.includes(' ')) return text;
  return text.replace(/^(--- [^"\n]* [^"\n]*)\n(\+\+\+ .*)$/m, '$1\t\n$2\t');
}
