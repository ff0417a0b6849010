import { constants } from 'node:fs';
import {
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { AppError, systemErrorCode } from '../errors.ts';
import { isInside } from '../policy.ts';
import type { StringMap } from '../types.ts';
import { showBytes } from '../units.ts';
import { findRepository, giveRepository } from './copy-repository.ts';
import { endMarked } from './end-marked.ts';
import { linkInstalled } from './installed.ts';
import { INSTALLED_FOLDERS, listProjectFiles } from './list-files.ts';

const MAX_FILES = 100_000;
const MAX_BYTES = 2_000_000_000;
/** Says to a command in which copy it runs. */
const MARK = 'BREAKWATER_SCRATCH_COPY';

/** A copy of the user's project in which a patch may be tried. */
export interface ScratchCopy {
  /** Where the project is in the copy: absolute, symlinks resolved. */
  readonly folder: string;
  /**
   * What commands in the copy get beside: git looks for no repository above it, which would be the user's own, and
   * what they start is known again by a mark.
   */
  readonly env: StringMap;
  /** Files of variables at the root of the project that are not in the copy, since git ignores them: `.env`. */
  readonly leftOut: readonly string[];
  /** The project is a folder of a repository; what lies beside it is not in the copy. */
  readonly isPart: boolean;
  /** Ends what commands in the copy have left running (Linux), and removes it; what it links to stays. May be called again. */
  remove(): Promise<void>;
}

export interface CopyOptions {
  /** Where the copy is made, e.g. `<root>/.breakwater/scratch`. */
  readonly parent: string;
  readonly signal: AbortSignal;
  /** What git inherits: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
  /** Off when the copy installs its own packages, which would write through the links. On by default. */
  readonly linkInstalled?: boolean;
}

/**
 * Copies the project at `root`: the files that git knows or would add. Symlinks that leave the project are not
 * copied; folders of installed packages are linked. Where the project is in a git repository, the copy is one of its
 * own at the same commit. Copies that a killed process left behind are removed.
 *
 * @throws AppError NOT_FOUND, LIMIT_EXCEEDED above 100,000 files or 2 GB, STORAGE_FAILED; the signal's reason.
 */
export async function makeScratchCopy(root: string, options: CopyOptions): Promise<ScratchCopy> {
  const source = await realpath(root).catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `The folder ${root} to copy does not exist.`, { cause });
  });
  const top = await makeFolder(options.parent);
  try {
    const folder = await copyWithRepository(source, top, options);
    const env = { GIT_CEILING_DIRECTORIES: dirname(top), [MARK]: top };
    const leftOut = await listLeftOut(source, folder);
    return { folder, env, leftOut, isPart: folder !== top, remove: () => endCopy(top) };
  } catch (error) {
    await removeFolder(top);
    throw options.signal.aborted || error instanceof AppError ? error : storageFailed(error);
  }
}

async function listLeftOut(root: string, folder: string): Promise<readonly string[]> {
  const copied = new Set(await readdir(folder));
  return (await readdir(root)).filter((name) => /^\.env(\.|$)/.test(name) && !copied.has(name)).toSorted();
}

/** A project that is a folder of a repository lies in the copy where it lies in that. */
async function copyWithRepository(root: string, top: string, options: CopyOptions): Promise<string> {
  const { files, byGit } = await listProjectFiles(root, options);
  const place = byGit ? await findRepository(root, options) : null;
  const prefix = place?.prefix ?? '';
  const folder = join(top, prefix);
  await mkdir(folder, { recursive: true });
  const linked = await copyProject(root, folder, files, options);
  const ignored = linked.map((path) => posix.join(prefix, path.replaceAll(sep, '/')));
  if (place !== null) await giveRepository(place, top, ignored, options);
  return folder;
}

/** Gives the folders that it linked, relative to `root`. */
async function copyProject(
  root: string,
  folder: string,
  all: readonly string[],
  options: CopyOptions,
): Promise<readonly string[]> {
  const parent = await realpath(options.parent);
  const files = all.filter((path) => !isInside(parent, join(root, path)));
  if (files.length > MAX_FILES) throw tooLarge(`${files.length} files`, `${MAX_FILES} files`);
  const folders = new Map([['.', root]]);
  let bytes = 0;
  for (const path of files) {
    options.signal.throwIfAborted();
    const inside = await openFolder(root, folder, dirname(path), folders);
    if (inside) bytes += await copyEntry(root, folder, path);
    if (bytes > MAX_BYTES) throw tooLarge(showBytes(bytes), showBytes(MAX_BYTES));
  }
  if (options.linkInstalled === false) return [];
  const installed = await listInstalled(root, folder, [...folders.keys()]);
  for (const path of installed) await linkInstalled(root, folder, path);
  return installed;
}

/** Makes the folder in the copy, once; says whether it really lies in the project. */
async function openFolder(
  root: string,
  copy: string,
  path: string,
  known: Map<string, string>,
): Promise<boolean> {
  if (known.has(path)) return true;
  const real = await realpath(join(root, path)).catch(() => null);
  // Git may still list files below a folder that has become a link to elsewhere.
  if (real === null || relative(root, real) !== join(path)) return false;
  await mkdir(join(copy, path), { recursive: true });
  known.set(path, real);
  return true;
}

/** Copies one file or link; gives its size in bytes. */
async function copyEntry(root: string, copy: string, path: string): Promise<number> {
  const found = await lstat(join(root, path)).catch(() => null);
  if (found?.isSymbolicLink() === true) await copyLink(root, copy, path);
  // Pipes, sockets and devices are no source text; a file listed but gone was deleted by the user.
  if (found?.isFile() !== true) return 0;
  await copyFile(join(root, path), join(copy, path), constants.COPYFILE_FICLONE);
  return found.size;
}

async function copyLink(root: string, copy: string, path: string): Promise<void> {
  const target = await realpath(join(root, path)).catch(() => null);
  if (target === null || !isInside(root, target)) return;
  const inner = join(copy, relative(root, target));
  await symlink(relative(dirname(join(copy, path)), inner), join(copy, path));
}

async function listInstalled(root: string, copy: string, folders: readonly string[]): Promise<string[]> {
  const installed: string[] = [];
  for (const folder of folders) {
    for (const name of INSTALLED_FOLDERS) {
      const path = join(folder, name);
      const copied = await lstat(join(copy, path)).catch(() => null);
      const found = copied === null ? await stat(join(root, path)).catch(() => null) : null;
      if (found?.isDirectory() === true) installed.push(path);
    }
  }
  return installed;
}

async function makeFolder(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    await writeFile(join(parent, '.gitignore'), '*\n');
    const place = await realpath(parent);
    await removeLeftovers(place);
    return await mkdtemp(join(place, `${process.pid}-`));
  } catch (error) {
    throw storageFailed(error);
  }
}

/** The name of a copy begins with the id of the process that made it. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/^(\d+)-\w{6}$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await endCopy(join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}

/** A daemon has left the process group that ended with the service. */
async function endCopy(top: string): Promise<void> {
  await endMarked(MARK, top);
  await removeFolder(top);
}

/** A service that is just ending may still write; removal is tried again for half a second. */
function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function tooLarge(seen: string, expected: string): AppError {
  return new AppError('LIMIT_EXCEEDED', `The project is too large to copy: ${seen}, at most ${expected}.`, {
    hint: 'Add large generated files to .gitignore, or start Breakwater in the folder of the service: --root FOLDER.',
  });
}

function storageFailed(cause: unknown): AppError {
  const code = systemErrorCode(cause) ?? 'unknown reason';
  return new AppError('STORAGE_FAILED', `The scratch copy could not be made (${code}).`, {
    hint: 'Check the space and the rights in .breakwater of the workspace.',
    details: { seen: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}
