import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { Notice } from '../types.ts';
import { languageOf } from './languages.ts';
import { isManifest } from './manifests.ts';

/** A file worth reading. */
export interface FoundFile {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
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
  /(\.min\.[cm]?js|[.-]bundle\.js|\.generated\.\w+|_pb2(_grpc)?\.py|\.pb\.go|\.g\.cs|\.designer\.cs|\.d\.[cm]?ts)$/i;

interface Level {
  readonly folder: string;
  readonly rules: readonly { readonly base: string; readonly ignored: Ignore }[];
}

/** Lists the code and the manifests below `root`; links are followed only inside it, and each folder once. */
export async function walk(root: string, signal: AbortSignal): Promise<FoundFiles> {
  return new Walk(await realpath(root), signal).run();
}

class Walk {
  readonly #root: string;
  readonly #signal: AbortSignal;
  readonly #seen = new Set<string>();
  readonly #code: FoundFile[] = [];
  readonly #manifests: FoundFile[] = [];
  readonly #skipped = new Map<string, { count: number; example: string }>();

  constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#signal = signal;
  }

  async run(): Promise<FoundFiles> {
    await this.#folder({ folder: '', rules: [] });
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

  async #folder({ folder, rules }: Level): Promise<void> {
    this.#signal.throwIfAborted();
    const path = join(this.#root, folder);
    const real = await realpath(path).catch(() => null);
    if (real === null || this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
    if (entries === null) {
      this.#skip('the folder could not be read', folder);
      return;
    }
    const hasIgnore = entries.some((entry) => entry.name === '.gitignore');
    const level: Level = {
      folder,
      rules: hasIgnore ? [...rules, { base: folder, ignored: await readRules(path) }] : rules,
    };
    const isProject = entries.some((entry) => isManifest(entry.name));
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await this.#subfolder(name, entry.name, level, isProject);
      else if (entry.isFile()) await this.#file(name, level);
      else if (entry.isSymbolicLink()) await this.#link(name, entry.name, level, isProject);
    }
  }

  async #subfolder(file: string, name: string, level: Level, isProject: boolean): Promise<void> {
    if (SKIPPED_FOLDERS.test(name) || (isProject && BUILD_FOLDERS.test(name))) {
      if (!name.startsWith('.')) this.#skip('vendored or built code is not indexed', file);
      return;
    }
    if (isIgnored(`${file}/`, level)) this.#skip('.gitignore leaves it out', file);
    else await this.#folder({ folder: file, rules: level.rules });
  }

  async #link(file: string, name: string, level: Level, isProject: boolean): Promise<void> {
    const real = await realpath(join(this.#root, file)).catch(() => null);
    const below = real === null ? '..' : relative(this.#root, real);
    if (real === null || below.startsWith('..') || sep + below === real) {
      this.#skip('a link that leads out of the folder is not followed', file);
      return;
    }
    const found = await stat(real).catch(() => null);
    if (found?.isDirectory() === true) await this.#subfolder(file, name, level, isProject);
    // A linked file is read where it really is.
  }

  async #file(file: string, level: Level): Promise<void> {
    const isCode = languageOf(file) !== null;
    const manifest = isManifest(file);
    if (!isCode && !manifest) return;
    if (isIgnored(file, level)) {
      this.#skip('.gitignore leaves it out', file);
      return;
    }
    if (GENERATED_FILES.test(file)) {
      this.#skip('generated or minified code is not indexed', file);
      return;
    }
    const found = await stat(join(this.#root, file)).catch(() => null);
    // Gone since the folder was listed.
    if (found === null || !found.isFile()) return;
    const limit = manifest ? MAX_MANIFEST_BYTES : MAX_CODE_BYTES;
    if (found.size > limit) {
      this.#skip(`files above ${limit / 1024 / 1024} MB are not indexed`, file);
      return;
    }
    const entry = { file, bytes: found.size, modifiedMs: found.mtimeMs };
    (manifest ? this.#manifests : this.#code).push(entry);
  }

  #skip(reason: string, example: string): void {
    const known = this.#skipped.get(reason);
    if (known === undefined) this.#skipped.set(reason, { count: 1, example });
    else known.count++;
  }
}

async function readRules(folder: string): Promise<Ignore> {
  const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => '');
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
