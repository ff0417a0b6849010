import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readRegularFile } from '../workspace-files.ts';
import { askGit, type GitDeps } from './git.ts';

/** Never part of a project's files, whatever its ignore rules say. */
const NEVER = new Set(['.git', '.breakwater', '.hg', '.svn']);
/** Where package managers put what they installed. */
export const INSTALLED_FOLDERS = new Set(['node_modules', '.venv', 'venv', 'vendor']);

/** Files of a project, and who listed them. */
export interface ProjectFiles {
  /** Files and symlinks, relative to `root` with `/`, sorted. */
  readonly files: readonly string[];
  /** The project belongs to a git repository, at `root` or around it. */
  readonly byGit: boolean;
}

/**
 * Lists the files and symlinks of a project that git knows or would add. Without git, `.gitignore` files are read
 * here, and folders of installed packages are left out.
 */
export async function listProjectFiles(root: string, deps: GitDeps): Promise<ProjectFiles> {
  const listed = await listByGit(root, deps);
  // None: `root` itself is ignored by a repository around it.
  if (listed.size === 0) return { files: (await walk(root, '', [], deps.signal)).toSorted(), byGit: false };
  const files: string[] = [];
  for (const path of listed) {
    deps.signal.throwIfAborted();
    const trimmed = path.replace(/\/$/, '');
    if (trimmed.split('/').some((part) => NEVER.has(part))) continue;
    const found = await lstat(join(root, trimmed)).catch(() => null);
    // A folder in git's list is a repository of its own, such as a submodule.
    if (found?.isDirectory() === true) files.push(...(await walk(root, `${trimmed}/`, [], deps.signal)));
    else if (found !== null) files.push(trimmed);
  }
  return { files: files.toSorted(), byGit: true };
}

/** What git lists: nothing when `root` lies in no repository or git does not run. */
async function listByGit(root: string, deps: GitDeps): Promise<ReadonlySet<string>> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const stdout = (await askGit(root, args, deps)) ?? '';
  return new Set(stdout.split('\0').filter((path) => path !== ''));
}

/** The rules of one `.gitignore`, and the folder that they are relative to, with a `/` at its end. */
interface Rules {
  readonly folder: string;
  readonly matcher: Ignore;
}

async function walk(
  root: string,
  folder: string,
  outer: readonly Rules[],
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted();
  const text = await readRegularFile(join(root, folder, '.gitignore')).catch(() => null);
  const rules = text === null ? outer : [...outer, { folder, matcher: ignore().add(text) }];
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (NEVER.has(entry.name) || isIgnored(entry.isDirectory() ? `${path}/` : path, rules)) continue;
    if (!entry.isDirectory()) files.push(path);
    else if (!INSTALLED_FOLDERS.has(entry.name)) files.push(...(await walk(root, `${path}/`, rules, signal)));
  }
  return files;
}

function isIgnored(path: string, rules: readonly Rules[]): boolean {
  let ignored = false;
  for (const { folder, matcher } of rules) {
    const result = matcher.test(path.slice(folder.length));
    if (result.ignored) ignored = true;
    else if (result.unignored) ignored = false;
  }
  return ignored;
}
