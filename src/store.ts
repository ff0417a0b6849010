import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, systemErrorCode } from './errors.ts';
import { resolveInside } from './policy.ts';
import { readRegularFile } from './workspace-files.ts';

/** Files that Breakwater keeps below `.breakwater/` of the workspace; paths are relative to it, with `/`. */
export interface Store {
  /** Absolute path of `.breakwater`. */
  readonly folder: string;
  /**
   * Real absolute path of `path`. A cloned repository may bring a `.breakwater` of its own: its links are not followed
   * out of it.
   *
   * @throws AppError STORAGE_FAILED
   */
  locate(path: string): Promise<string>;
  /** `null` when there is no such file. */
  readText(path: string): Promise<string | null>;
  /** Writes to a temporary name and renames, so that a reader never sees half a file. */
  writeText(path: string, text: string): Promise<void>;
  appendText(path: string, text: string): Promise<void>;
  /** Names in `folder`, sorted; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

/** Prefixes of the ids that users and models see. */
export type IdPrefix = 'run' | 'scn' | 'rev' | 'fnd' | 'pat' | 'ver' | 'drl';

const ID_BYTES = 8;
/** The samples of a long run are the longest; a text of JavaScript has no more. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;

/** Draws an id such as `run_4f0c…`: 64 random bits, in hexadecimal. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomBytes(ID_BYTES).toString('hex')}`;
}

/** Opens the store of `workspace`; nothing is written before the first file is. */
export function openStore(workspace: string): Store {
  const folder = join(workspace, '.breakwater');
  const locate = (path: string) => locateBelow(workspace, folder, path);
  return {
    folder,
    locate: (path) => guard(folder, () => locate(path)),
    readText: (path) => readOrNull(() => locate(path)),
    writeText: (path, text) => guard(folder, async () => writeAtomically(folder, await locate(path), text)),
    appendText: (path, text) =>
      guard(folder, async () => {
        const file = await locate(path);
        await prepare(folder, dirname(file));
        await appendFile(file, text);
      }),
    list: async (path) => (await readdirOrEmpty(() => locate(path))).toSorted(),
    remove: (path) => guard(folder, async () => rm(await locate(path), { recursive: true, force: true })),
  };
}

async function writeAtomically(folder: string, path: string, text: string): Promise<void> {
  await prepare(folder, dirname(path));
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(text);
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes the folders; the store ignores itself, so that nobody commits it by mistake. */
async function prepare(folder: string, wanted: string): Promise<void> {
  await mkdir(wanted, { recursive: true });
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}

async function locateBelow(workspace: string, folder: string, path: string): Promise<string> {
  try {
    return await resolveInside(join(await realpath(workspace), '.breakwater'), path);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (systemErrorCode(error.cause) !== null) throw error.cause;
    throw new AppError('STORAGE_FAILED', `${join(folder, path)} is a link that leads out of .breakwater.`, {
      hint: 'Breakwater makes no such links: look where it came from, then remove it.',
      cause: error,
    });
  }
}

async function readOrNull(locate: () => Promise<string>): Promise<string | null> {
  try {
    return await readRegularFile(await locate(), MAX_TEXT_BYTES);
  } catch (error) {
    // What is no regular file was not written here.
    if (['ENOENT', 'ENOTDIR', 'BAD_INPUT'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}

async function readdirOrEmpty(locate: () => Promise<string>): Promise<string[]> {
  try {
    return await readdir(await locate());
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return [];
    throw error;
  }
}

async function guard<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null || error instanceof AppError) throw error;
    throw new AppError('STORAGE_FAILED', `Could not write below ${folder} (${code}).`, {
      hint: 'Free disk space or make that folder writable; nothing else in the workspace was touched.',
      retryable: code === 'ENOSPC',
      cause: error,
    });
  }
}
