import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { AppError, systemErrorCode } from '../errors.ts';
import type { PatchedFile } from '../types-code.ts';
import { quote } from '../units.ts';
import type { ScratchCopy } from './copy.ts';

/**
 * Writes the files of a patch into the copy and removes those that it deletes; all are checked before the first is written.
 *
 * @throws AppError PATH_NOT_ALLOWED for a path that leaves the copy, goes through a symlink or into `.git`;
 * PATCH_STALE when a file is not what the patch was made for.
 */
export async function applyToCopy(
  copy: Pick<ScratchCopy, 'folder'>,
  files: readonly PatchedFile[],
): Promise<void> {
  for (const file of files) {
    demandPlainPath(file.file);
    await demandNoLink(copy.folder, file.file);
    await demandBase(copy.folder, file);
  }
  for (const file of files) {
    const path = join(copy.folder, file.file);
    if (file.newText === null) {
      await rm(path);
    } else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.newText);
    }
  }
}

function demandPlainPath(file: string): void {
  const parts = file.split('/');
  const plain =
    file !== '' &&
    !/[\0\\]|^[A-Za-z]:/.test(file) &&
    posix.normalize(file) === file &&
    !parts.some((part) => part === '' || part === '.' || part === '..') &&
    !parts.some((part) => part.toLowerCase() === '.git');
  if (!plain) throw notAllowed(file, 'is no plain path below the project');
}

/** A link could lead a write out of the copy, into the user's own files. */
async function demandNoLink(folder: string, file: string): Promise<void> {
  let path = folder;
  for (const part of file.split('/')) {
    path = join(path, part);
    const found = await lstat(path).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return null;
      throw error;
    });
    if (found === null) return;
    if (found.isSymbolicLink()) throw notAllowed(file, 'goes through a symlink');
  }
}

async function demandBase(folder: string, { file, baseSha256 }: PatchedFile): Promise<void> {
  const actualSha256 = await hashFile(join(folder, file));
  if (actualSha256 === baseSha256) return;
  const seen =
    actualSha256 === null
      ? `${quote(file)} does not exist, but the patch changes it`
      : baseSha256 === null
        ? `${quote(file)} already exists, but the patch creates it`
        : `${quote(file)} changed since the patch was made`;
  throw new AppError('PATCH_STALE', `${seen}.`, {
    hint: 'Propose the patch again from the present files: patch_propose.',
    details: { file, expected_sha256: baseSha256, actual_sha256: actualSha256 },
  });
}

/** SHA-256 of the text as patches read it; `null` when there is no such file. */
async function hashFile(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  });
  return text === null ? null : createHash('sha256').update(text, 'utf8').digest('hex');
}

function notAllowed(file: string, why: string): AppError {
  return new AppError('PATH_NOT_ALLOWED', `The patch's path ${quote(file)} ${why}.`, {
    hint: 'A patch may only change plain files of the project itself.',
  });
}
