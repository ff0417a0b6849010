import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, systemErrorCode } from './errors.ts';

/** Files that Breakwater keeps below `.breakwater/` of the workspace; paths are relative to it, with `/`. */
export interface Store {
  /** Absolute path of `.breakwater`. */
  readonly folder: string;
  /** Absolute path of `path`. */
  resolve(path: string): string;
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

/** Draws an id such as `run_4f0c…`: 64 random bits, in hexadecimal. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomBytes(ID_BYTES).toString('hex')}`;
}

/** Opens the store of `workspace`; nothing is written before the first file is. */
export function openStore(workspace: string): Store {
  const folder = join(workspace, '.breakwater');
  const resolve = (path: string) => join(folder, ...path.split('/'));
  return {
    folder,
    resolve,
    readText: (path) => readOrNull(resolve(path)),
    writeText: (path, text) => guard(folder, () => writeAtomically(folder, resolve(path), text)),
    appendText: (path, text) =>
      guard(folder, async () => {
        await prepare(folder, dirname(resolve(path)));
        await appendFile(resolve(path), text);
      }),
    list: async (path) => (await readdirOrEmpty(resolve(path))).toSorted(),
    remove: (path) => guard(folder, () => rm(resolve(path), { recursive: true, force: true })),
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

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}

async function readdirOrEmpty(path: string): Promise<string[]> {
  try {
    return await readdir(path);
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
    if (code === null) throw error;
    throw new AppError('STORAGE_FAILED', `Could not write below ${folder} (${code}).`, {
      hint: 'Free disk space or make that folder writable; nothing else in the workspace was touched.',
      retryable: code === 'ENOSPC',
      cause: error,
    });
  }
}
