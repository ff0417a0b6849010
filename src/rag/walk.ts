import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ignore, { type Ignore } from 'ignore';
import type { Notice } from '../types.ts';
import { readRegularFileSync } from '../workspace-files.ts';
import { isContract, MAX_CONTRACT_BYTES } from './contracts/contract-files.ts';
import { languageOf } from './languages.ts';
import { isImageRecipe, isManifest } from './manifests/manifests.ts';

/** A file worth reading. */
export interface FoundFile {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly bytes: number;
  /** Changes with size, times and inode; empty for a file so young that it may change within one tick of its times. */
  readonly stamp: string;
}

export interface FoundFiles {
  /** Sorted by path. */
  readonly code: readonly FoundFile[];
  readonly manifests: readonly FoundFile[];
  readonly skipped: readonly Notice[];
}

const MAX_CODE_BYTES = 1024 * 1024;
/** Lock files of large projects are large. */
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

const SKIPPED_FOLDERS =
  /^(\.git|\.hg|\.svn|\.breakwater|node_modules|bower_components|\.venv|venv|virtualenv|site-packages|__pycache__|\.tox|\.nox|\.mypy_cache|\.pytest_cache|vendor|third_party|\.next|\.nuxt|\.svelte-kit|\.gradle|\.idea|\.terraform|\.yarn|coverage|htmlcov)$/;
/** Folders that builds write; people use some of the names for sources, so only beside a manifest. */
const BUILD_FOLDERS = /^(dist|build|out|target|bin|obj)$/;
const GENERATED_FILES =
  /(\.min\.[cm]?js|[.-]bundle\.js|\.generated\.\w+|_pb2(_grpc)?\.py|\.pb\.go|\.g\.cs|\.designer\.cs|\.d\.[cm]?ts|(^|\/)_ide_helper\w*\.php)$/i;

interface Level {
  readonly folder: string;
  readonly rules: readonly { readonly base: string; readonly ignored: Ignore }[];
}

/** A folder's reading blocks; other work has its turn after so many. */
const FOLDERS_AT_ONCE = 50;

/** Lists the code and the manifests below `root`; links are followed only inside it, and each folder once. */
export async function walk(root: string, nowMs: number, signal: AbortSignal): Promise<FoundFiles> {
  return new Walk(realpathSync(root), nowMs, signal).run();
}

class Walk {
  readonly #root: string;
  readonly #nowMs: number;
  readonly #signal: AbortSignal;
  readonly #seen = new Set<string>();
  readonly #code: FoundFile[] = [];
  readonly #manifests: FoundFile[] = [];
  readonly #skipped = new Map<string, { count: number; example: string }>();
  readonly #folders: Level[] = [{ folder: '', rules: [] }];
  /** Read last, so that a folder goes by its own name and not by that of a link. */
  readonly #linked: Level[] = [];

  constructor(root: string, nowMs: number, signal: AbortSignal) {
    this.#root = root;
    this.#nowMs = nowMs;
    this.#signal = signal;
  }

  async run(): Promise<FoundFiles> {
    for (let count = 1; ; count++) {
      const level = this.#folders.pop() ?? this.#linked.shift();
      if (level === undefined) break;
      this.#signal.throwIfAborted();
      this.#folder(level);
      if (count % FOLDERS_AT_ONCE === 0) await setImmediate();
    }
    const byPath = (a: FoundFile, b: FoundFile) => (a.file < b.file ? -1 : 1);
    return {
      code: this.#code.sort(byPath),
      manifests: this.#manifests.sort(byPath),
      skipped: [...this.#skipped].map(([reason, { count, example }]) => ({
        where: count === 1 ? example : `${example} and ${count - 1} more`,
        message: reason,
      })),
    };
  }

  #folder({ folder, rules }: Level): void {
    const path = join(this.#root, folder);
    const real = attempt(() => realpathSync(path));
    if (real === null || this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = attempt(() => readdirSync(path, { withFileTypes: true }));
    if (entries === null) {
      this.#skip('the folder could not be read', folder);
      return;
    }
    const hasIgnore = entries.some((entry) => entry.name === '.gitignore');
    const level: Level = {
      folder,
      rules: hasIgnore ? [...rules, { base: folder, ignored: readRules(path) }] : rules,
    };
    const isProject = entries.some((entry) => isManifest(entry.name));
    for (const entry of entries) this.#entry(entry, level, isProject);
  }

  #entry(entry: Dirent, level: Level, isProject: boolean): void {
    const file = level.folder === '' ? entry.name : `${level.folder}/${entry.name}`;
    if (entry.isDirectory()) this.#subfolder(file, entry.name, level, isProject, this.#folders);
    else if (entry.isFile()) this.#file(file, level);
    else if (entry.isSymbolicLink()) this.#link(file, entry.name, level, isProject);
  }

  #subfolder(file: string, name: string, level: Level, isProject: boolean, queue: Level[]): void {
    if (SKIPPED_FOLDERS.test(name) || (isProject && BUILD_FOLDERS.test(name))) {
      if (!name.startsWith('.')) this.#skip('vendored or built code is not indexed', file);
      return;
    }
    if (isIgnored(`${file}/`, level)) this.#skip('.gitignore leaves it out', file);
    else queue.push({ folder: file, rules: level.rules });
  }

  #link(file: string, name: string, level: Level, isProject: boolean): void {
    const real = attempt(() => realpathSync(join(this.#root, file)));
    const below = real === null ? '..' : relative(this.#root, real);
    if (real === null || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
      this.#skip('a link that leads out of the folder is not followed', file);
      return;
    }
    const found = attempt(() => statSync(real));
    if (found?.isDirectory() === true) this.#subfolder(file, name, level, isProject, this.#linked);
    // A linked file is read where it really is.
  }

  #file(file: string, level: Level): void {
    const isCode = languageOf(file) !== null;
    const contract = isContract(file);
    const manifest = isManifest(file) || isImageRecipe(file) || contract;
    if (!isCode && !manifest) return;
    if (isIgnored(file, level)) {
      this.#skip('.gitignore leaves it out', file);
      return;
    }
    if (GENERATED_FILES.test(file)) {
      this.#skip('generated or minified code is not indexed', file);
      return;
    }
    const found = attempt(() => statSync(join(this.#root, file)));
    // Gone since the folder was listed.
    if (found === null || !found.isFile()) return;
    const limit = contract ? MAX_CONTRACT_BYTES : manifest ? MAX_MANIFEST_BYTES : MAX_CODE_BYTES;
    if (found.size > limit) {
      this.#skip(`files above ${limit / 1024 / 1024} MB are not indexed`, file);
      return;
    }
    const entry = { file, bytes: found.size, stamp: stampOf(found, this.#nowMs) };
    (manifest ? this.#manifests : this.#code).push(entry);
  }

  #skip(reason: string, example: string): void {
    const known = this.#skipped.get(reason);
    if (known === undefined) this.#skipped.set(reason, { count: 1, example });
    else known.count++;
  }
}

/** A file system keeps times in steps of some ms, some (FAT, old NFS) in whole seconds. */
const TICK_MS = 50;
const COARSE_TICK_MS = 2_000;

/**
 * Size, times and inode. The time of the last change (`ctime`) moves with every writing, also where a program sets the
 * time of modification back; a second writing within the same tick would not show, so a young file has no stamp
 * ("racy git", https://git-scm.com/docs/racy-git).
 */
function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats, nowMs: number): string {
  const tickMs = ctimeMs % 1_000 === 0 ? COARSE_TICK_MS : TICK_MS;
  return nowMs - ctimeMs < tickMs ? '' : `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

function readRules(folder: string): Ignore {
  const text =
    attempt(() => readRegularFileSync(join(folder, '.gitignore'), MAX_CODE_BYTES).toString('utf8')) ?? '';
  return ignore({ allowRelativePaths: true }).add(text);
}

/** The nearest .gitignore that has a word on `path` decides. */
function isIgnored(path: string, level: Level): boolean {
  for (const { base, ignored } of [...level.rules].reverse()) {
    const { ignored: yes, unignored: no } = ignored.test(base === '' ? path : path.slice(base.length + 1));
    if (yes || no) return yes;
  }
  return false;
}

/** `null`: it failed, for what is walked may change or be closed to us at any time. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
