import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { StringMap } from '../types.ts';
import { readRegularFile } from '../workspace-files.ts';

const MAX_LISTING_BYTES = 64 * 1024 * 1024;
/** Never part of a project's files, whatever its ignore rules say. */
const NEVER = new Set(['.git', '.breakwater', '.hg', '.svn']);
/** Where package managers put what they installed. */
export const INSTALLED_FOLDERS = new Set(['node_modules', '.venv', 'venv', 'vendor']);

interface ListDeps {
  readonly signal: AbortSignal;
  readonly baseEnv: StringMap;
}

/**
 * Lists the files and symlinks of a project that git knows or would add, relative to `root` with `/`, sorted.
 * Without git, `.gitignore` files are read here, and folders of installed packages are left out.
 */
export async function listProjectFiles(root: string, deps: ListDeps): Promise<readonly string[]> {
  const listed = await askGit(root, deps);
  // None: `root` itself is ignored by a repository around it.
  if (listed === null || listed.length === 0) return (await walk(root, '', [], deps.signal)).toSorted();
  const files: string[] = [];
  for (const path of new Set(listed)) {
    deps.signal.throwIfAborted();
    const trimmed = path.replace(/\/$/, '');
    if (trimmed.split('/').some((part) => NEVER.has(part))) continue;
    const found = await lstat(join(root, trimmed)).catch(() => null);
    // A folder in git's list is a repository of its own, such as a submodule.
    if (found?.isDirectory() === true) files.push(...(await walk(root, `${trimmed}/`, [], deps.signal)));
    else if (found !== null) files.push(trimmed);
  }
  return files.toSorted();
}

/** What git lists; `null` when `root` lies in no repository or git does not run. */
function askGit(root: string, deps: ListDeps): Promise<string[] | null> {
  // The repository's own configuration must not run a program.
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const args = [...safe, 'ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const options = { cwd: root, env: deps.baseEnv, signal: deps.signal, maxBuffer: MAX_LISTING_BYTES };
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (error, stdout) => {
      if (deps.signal.aborted) reject(deps.signal.reason);
      else resolve(error === null ? stdout.split('\0').filter((path) => path !== '') : null);
    });
  });
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
