import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeScratchCopy, type ScratchCopy } from '../../src/service/copy.ts';
import type { StringMap } from '../../src/types.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** Makes a folder with those files. */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await makeTempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Runs git in a folder, with no configuration of this machine. */
export function git(folder: string, ...args: readonly string[]): string {
  return gitWith({}, folder, ...args);
}

/** Runs git like `git`, with variables of the command that it is run by. */
export function gitWith(more: StringMap, folder: string, ...args: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...more };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  return execFileSync('git', [...who, ...args], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
}

/** Each file below `folder` with a hash of its content. */
export function hashTree(folder: string): StringMap {
  return Object.fromEntries(
    listTree(folder).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
}

/** Copies `root` into its own `.breakwater/scratch`; with no git where `path` has none. */
export async function copyProject(
  root: string,
  linkInstalled = true,
  path = process.env.PATH ?? '',
): Promise<ScratchCopy> {
  const copy = await makeScratchCopy(root, {
    parent: join(root, '.breakwater/scratch'),
    signal: new AbortController().signal,
    baseEnv: { PATH: path, HOME: root },
    linkInstalled,
  });
  onTestFinished(() => copy.remove());
  return copy;
}

/** Paths of all files and links below `folder` but git's own, sorted; links are not followed and end with `@`. */
export function listTree(folder: string, at = folder): string[] {
  return readdirSync(at)
    .filter((name) => name !== '.git')
    .map((name) => join(at, name))
    .flatMap((path) => {
      const found = lstatSync(path);
      if (found.isDirectory()) return listTree(folder, path);
      return [`${relative(folder, path)}${found.isSymbolicLink() ? '@' : ''}`];
    })
    .toSorted();
}
