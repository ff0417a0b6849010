import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { askGit, type GitDeps } from './git.ts';

/** Where a project lies in the git repository that it belongs to. */
export interface RepositoryPlace {
  /** Root of the working tree, absolute. */
  readonly top: string;
  /** Path of the project below `top`, with `/` at its end; empty at `top` itself. */
  readonly prefix: string;
  readonly objectFormat: string;
  readonly objectsFolder: string;
  /** There only in a shallow clone. */
  readonly shallowFile: string;
  readonly excludeFile: string;
}

/** Finds the repository around `root`; `null`: none, or git is not there or refuses to read it. */
export async function findRepository(root: string, deps: GitDeps): Promise<RepositoryPlace | null> {
  const paths = ['objects', 'shallow', 'info/exclude'].flatMap((path) => ['--git-path', path]);
  const args = ['rev-parse', '--show-toplevel', '--show-prefix', '--show-object-format', ...paths];
  const lines = (await askGit(root, args, deps))?.split('\n') ?? [];
  const [top, prefix, objectFormat, objects, shallow, exclude, end] = lines;
  if (top === undefined || prefix === undefined || objectFormat === undefined) return null;
  if (objects === undefined || shallow === undefined || exclude === undefined || end !== '') return null;
  return {
    top,
    prefix,
    objectFormat,
    objectsFolder: resolve(root, objects),
    shallowFile: resolve(root, shallow),
    excludeFile: resolve(root, exclude),
  };
}

/**
 * Makes `copy`, which holds files of the project below `place.prefix`, a repository of its own at the same commit:
 * it reads the objects of the user's repository and writes only its own, and has no remote and no hooks. What a
 * command does by git in the copy stays in the copy, and a killed process leaves nothing in the user's repository,
 * as a worktree would. `linked` are paths below `copy` that git is told to ignore. Where git fails, there is none.
 *
 * Sources: gitrepository-layout(5) for `objects/info/alternates` and `packed-refs`.
 */
export async function giveRepository(
  place: RepositoryPlace,
  copy: string,
  linked: readonly string[],
  deps: GitDeps,
): Promise<void> {
  const made = await makeRepository(place, copy, linked, deps);
  if (!made) await rm(join(copy, '.git'), { recursive: true, force: true });
}

async function makeRepository(
  place: RepositoryPlace,
  copy: string,
  linked: readonly string[],
  deps: GitDeps,
): Promise<boolean> {
  const [refs, head, config, index] = await Promise.all([
    askGit(place.top, ['for-each-ref', '--format=%(objectname) %(refname)', ...REFS], deps),
    readHead(place.top, deps),
    askGit(place.top, ['config', '--get-regexp', '^core\\.(autocrlf|eol)$'], deps),
    askGit(place.top, ['ls-files', '--stage', '-t', '-z'], deps),
  ]);
  if (refs === null || head === null || index === null) return false;
  const init = ['init', '--quiet', '--template=', `--object-format=${place.objectFormat}`];
  if ((await askGit(copy, init, deps)) === null) return false;
  const own = join(copy, '.git');
  await Promise.all([mkdir(join(own, 'objects/info'), { recursive: true }), mkdir(join(own, 'info'))]);
  await Promise.all([
    writeFile(join(own, 'objects/info/alternates'), `${place.objectsFolder}\n`),
    writeFile(join(own, 'packed-refs'), `# pack-refs with: sorted \n${refs}`),
    writeFile(join(own, 'HEAD'), head),
    writeFile(join(own, 'info/exclude'), await listExcluded(place, linked)),
    appendFile(join(own, 'config'), writeConfig(config ?? '')),
    keepShallow(place, own),
  ]);
  return fillIndex(index, place, copy, deps);
}

/** Branches of remotes too: what has changed since one of them is what some tools ask. */
const REFS = ['refs/heads', 'refs/tags', 'refs/remotes'];

async function readHead(top: string, deps: GitDeps): Promise<string | null> {
  const branch = await askGit(top, ['symbolic-ref', '--quiet', 'HEAD'], deps);
  return branch === null ? askGit(top, ['rev-parse', '--verify', 'HEAD'], deps) : `ref: ${branch}`;
}

/** Line ends as the user has them, and nothing that goes on in the background of a folder that is removed soon. */
function writeConfig(listed: string): string {
  const kept = [...listed.matchAll(/^core\.(autocrlf|eol) (\w+)$/gm)];
  const core = ['fsmonitor = false', ...kept.map(([, name, value]) => `${name} = ${value}`)];
  const sections = [
    ['core', core],
    ['gc', ['auto = 0']],
    ['maintenance', ['auto = false']],
  ] as const;
  return sections
    .map(([name, lines]) => `[${name}]\n${lines.map((line) => `\t${line}\n`).join('')}`)
    .join('');
}

async function listExcluded({ excludeFile }: RepositoryPlace, linked: readonly string[]): Promise<string> {
  const users = await readFile(excludeFile, 'utf8').catch(() => '');
  return [users, ...linked.map((path) => `/${path}`), ''].join('\n');
}

async function keepShallow({ shallowFile }: RepositoryPlace, own: string): Promise<void> {
  const text = await readFile(shallowFile).catch(() => null);
  if (text !== null) await writeFile(join(own, 'shallow'), text);
}

/** The user's index, without what is not in the copy: files beyond the project, and beyond a sparse checkout. */
async function fillIndex(
  listed: string,
  { prefix }: RepositoryPlace,
  copy: string,
  deps: GitDeps,
): Promise<boolean> {
  const entries = listed.split('\0').flatMap((line) => {
    const [, tag, entry = '', stage, path = ''] = /^(\S) (\S+ \S+ (\d)\t(.*))$/s.exec(line) ?? [];
    return tag === undefined ? [] : [{ entry, path, stage, isSparse: tag === 'S' }];
  });
  const text = (items: readonly string[]) => items.map((item) => `${item}\0`).join('');
  const absent = entries.filter(
    ({ path, stage, isSparse }) => stage === '0' && (isSparse || !path.startsWith(prefix)),
  );
  const filled = await askGit(
    copy,
    ['update-index', '-z', '--index-info'],
    deps,
    text(entries.map(({ entry }) => entry)),
  );
  if (filled === null) return false;
  const skip = ['update-index', '-z', '--skip-worktree', '--stdin'];
  if ((await askGit(copy, skip, deps, text(absent.map(({ path }) => path)))) === null) return false;
  // Ends with 1 where files differ from the index, as they do in the user's tree.
  await askGit(copy, ['update-index', '-q', '--refresh'], deps);
  return true;
}
