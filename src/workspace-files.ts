import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError, systemErrorCode } from './errors.ts';
import { resolveInside } from './policy.ts';
import { quote } from './units.ts';

/** Longest file of the user's that is read whole. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const MIN_CHUNK_BYTES = 4 * 1024;
/** A pipe without a writer would keep `open` waiting for ever; Windows has neither flag nor such pipes. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** What a tool never writes: it would change what git runs, what was measured, or what Breakwater may start. */
const NEVER_WRITTEN = ['.git', '.breakwater', 'breakwater.yaml'];

/**
 * Reads a text file below `root`: symlinks are resolved and must stay inside, and what is no regular file (a pipe, a
 * device) is not opened for reading. Gives its real absolute path too.
 *
 * @throws AppError PATH_NOT_ALLOWED, NOT_FOUND, BAD_INPUT for what is no file, LIMIT_EXCEEDED above `limitBytes`.
 */
export async function readTextInside(
  root: string,
  named: string,
  limitBytes = MAX_FILE_BYTES,
): Promise<{ readonly text: string; readonly path: string }> {
  const path = await resolveInside(root, named);
  try {
    return { text: await readRegularFile(path, limitBytes), path };
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === null || cause instanceof AppError) throw cause;
    throw new AppError('NOT_FOUND', `There is no file ${quote(named)} below ${root} (${code}).`, {
      hint: 'Give a path relative to the workspace, or start Breakwater in the folder of your project.',
      cause,
    });
  }
}

/**
 * Reads a regular file of at most `limitBytes`, UTF-8; never waits for a pipe, never reads a device.
 *
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED; what `open` throws otherwise (ENOENT, EACCES).
 */
export async function readRegularFile(path: string, limitBytes = MAX_FILE_BYTES): Promise<string> {
  const file = await open(path, READ_FLAGS);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw noFile(path);
    if (facts.size > limitBytes) throw tooLong(path, limitBytes);
    return await readToEnd(file, path, facts.size, limitBytes);
  } finally {
    await file.close();
  }
}

/** The same at once, for threads that may wait. @throws as `readRegularFile` */
export function readRegularFileSync(path: string, limitBytes = MAX_FILE_BYTES): Buffer {
  const file = openSync(path, READ_FLAGS);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw noFile(path);
    if (facts.size > limitBytes) throw tooLong(path, limitBytes);
    const bytes = Buffer.alloc(facts.size);
    let filled = 0;
    for (let got = 1; got > 0 && filled < bytes.length; filled += got) {
      got = readSync(file, bytes, filled, bytes.length - filled, null);
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a text file below `root`, to a temporary name first and renamed, so that nothing is written through a link
 * and a reader never sees half of it; folders are made. Gives its real absolute path.
 *
 * @throws AppError PATH_NOT_ALLOWED, also for `.git`, `.breakwater` and breakwater.yaml; BAD_INPUT when a folder, pipe
 * or device stands there, or the file cannot be written.
 */
export async function writeTextInside(root: string, named: string, text: string): Promise<string> {
  const path = await resolveInside(root, named);
  demandWritable(root, path, named);
  const known = await stat(path).catch(() => null);
  if (known !== null && !known.isFile()) throw unwritable(named, 'it is there and no regular file', null);
  try {
    await mkdir(dirname(path), { recursive: true });
    const folder = await resolveInside(root, dirname(path));
    const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
    const file = await open(temporary, 'wx', known === null ? 0o666 : known.mode & 0o777);
    try {
      await file.writeFile(text);
      await file.close();
      await rename(temporary, join(folder, basename(path)));
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unwritable(named, systemErrorCode(cause) ?? 'unknown reason', cause);
  }
  return realpath(path);
}

async function readToEnd(
  file: FileHandle,
  path: string,
  sizeBytes: number,
  limitBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // A file may grow while it is read, and those of /proc tell no size.
  for (;;) {
    // No more than it needs: hundreds of small files may be read at once.
    const wanted = Math.min(CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, sizeBytes - length + 1));
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, null);
    if (bytesRead === 0) return Buffer.concat(chunks, length).toString('utf8');
    length += bytesRead;
    if (length > limitBytes) throw tooLong(path, limitBytes);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** Without case, for file systems that know none. */
function demandWritable(root: string, path: string, named: string): void {
  const parts = relative(root, path).toLowerCase().split(sep);
  const [first = ''] = parts;
  if (!NEVER_WRITTEN.includes(first) && !parts.includes('.git')) return;
  throw new AppError('PATH_NOT_ALLOWED', `${quote(named)} is nothing that a tool writes.`, {
    hint: 'Choose another file of the workspace, for example reports/report.md.',
  });
}

function noFile(path: string): AppError {
  return new AppError('BAD_INPUT', `${quote(basename(path))} is not a file.`, {
    hint: 'Name a regular file: folders, pipes and devices are not read.',
  });
}

function tooLong(path: string, limitBytes: number): AppError {
  return new AppError(
    'LIMIT_EXCEEDED',
    `${quote(basename(path))} has more than ${limitBytes} bytes, which is as much as is read.`,
    { hint: 'Name a smaller file.' },
  );
}

function unwritable(named: string, why: string, cause: unknown): AppError {
  return new AppError('BAD_INPUT', `${quote(named)} cannot be written (${why}).`, {
    hint: 'Name a file in a folder of the workspace that may be written.',
    cause,
  });
}
