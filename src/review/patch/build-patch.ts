import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { Patch, PatchCheck } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { checkImports } from './check-imports.ts';
import { checkSyntax } from './check-syntax.ts';
import { checkTypes } from './check-types.ts';
import { checkUses, type FindUses } from './check-uses.ts';
import { isSensitivePath } from './patch-path.ts';
import { type PatchSource, planChanges } from './plan-changes.ts';
import { hashText } from './text-lines.ts';
import { type TextChange, writeDiff } from './write-diff.ts';

export interface PatchRequest {
  readonly id: string;
  readonly title: string;
  readonly root: string;
  readonly findingIds: readonly string[];
  readonly source: PatchSource;
}

export interface PatchDeps {
  /** Gives the text of a file of the workspace, symlinks that lead out refused; `null`: it does not exist. */
  readonly readFile: (file: string) => Promise<string | null>;
  /** Looks into the index of the code; asked only for files that the patch deletes. */
  readonly findUses: FindUses;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const MAX_FILES = 100;
const MAX_FILE_CHARACTERS = 4_000_000;

/**
 * Makes a patch that applies: every edit has one place in the files as they are now, the patched files parse,
 * and the diff is written by us. Nothing is written to the workspace.
 *
 * @throws AppError PATCH_INVALID saying what does not fit; PATCH_STALE when a file changed since its review;
 * PATH_NOT_ALLOWED; LIMIT_EXCEEDED.
 */
export async function buildPatch(request: PatchRequest, deps: PatchDeps): Promise<Patch> {
  const { changes, notes } = await planChanges(request.source, deps.readFile);
  checkSizes(changes);
  const checks: PatchCheck[] = [
    { name: 'paths', ok: true, message: `${changes.length} file(s), all inside the workspace` },
    ...notes.map((message) => ({ name: 'fit', ok: true, message })),
  ];
  for (const change of changes) {
    deps.signal.throwIfAborted();
    if (change.newText === null) continue;
    checks.push(await checkSyntax(change.file, change.oldText, change.newText));
  }
  checks.push(...(await checkTypes(request.root, changes, deps.signal)));
  checks.push(...(await checkImports(changes, deps.readFile)));
  checks.push(...(await checkUses(changes, deps.findUses)));
  const sensitive = changes.filter((change) => isSensitivePath(change.file)).map((change) => change.file);
  if (sensitive.length > 0) {
    const message = `decides what is installed or run, look twice: ${sensitive.join(', ')}`;
    checks.push({ name: 'sensitive_files', ok: true, message });
  }
  const diff = writeDiff(changes);
  return {
    id: request.id,
    title: request.title,
    files: changes.map(({ file, oldText, newText }) => ({
      file,
      baseSha256: oldText === null ? null : hashText(oldText),
      newText,
    })),
    diff,
    sha256: hashText(diff),
    checks,
    findingIds: request.findingIds,
    createdAt: deps.clock.date().toISOString(),
  };
}

/**
 * Checks that the files of a patch still are what it was made from.
 *
 * @throws AppError PATCH_STALE
 */
export async function checkPatchFresh(patch: Patch, readFile: PatchDeps['readFile']): Promise<void> {
  for (const { file, baseSha256 } of patch.files) {
    const text = await readFile(file);
    const actualSha256 = text === null ? null : hashText(text);
    if (actualSha256 === baseSha256) continue;
    throw new AppError('PATCH_STALE', `${quote(file)} changed since the patch was proposed.`, {
      hint: 'Review the code again and propose a new patch.',
      details: { file, expected_sha256: baseSha256, actual_sha256: actualSha256 },
    });
  }
}

function checkSizes(changes: readonly TextChange[]): void {
  const [first] = changes;
  if (first === undefined) {
    throw new AppError('PATCH_INVALID', 'The patch changes nothing: the files are already as it asks.', {
      hint: 'Read the files again; perhaps the change was made before.',
    });
  }
  if (changes.length > MAX_FILES) {
    throw new AppError(
      'LIMIT_EXCEEDED',
      `The patch touches ${changes.length} files, more than ${MAX_FILES}.`,
      {
        hint: 'Split it.',
      },
    );
  }
  for (const { file, oldText, newText } of changes) {
    if ((oldText?.length ?? 0) > MAX_FILE_CHARACTERS || (newText?.length ?? 0) > MAX_FILE_CHARACTERS) {
      throw new AppError(
        'LIMIT_EXCEEDED',
        `${quote(file)} is larger than ${MAX_FILE_CHARACTERS} characters.`,
        {
          hint: 'Files as large as this are not patched.',
        },
      );
    }
    if (oldText?.includes('\0') === true || newText?.includes('\0') === true) {
      throw new AppError('PATCH_INVALID', `${quote(file)} is binary (it holds a NUL).`, {
        hint: 'Only text files are patched.',
      });
    }
  }
}
