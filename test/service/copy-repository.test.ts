import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScratchCopy } from '../../src/service/copy.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { copyProject, git, gitWith, hashTree, makeProject } from './project.ts';

async function makeRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await makeProject(files);
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'first');
  git(root, 'tag', 'v1.2.3');
  return root;
}

/** What git says in the copy, to a command that runs there. */
function ask({ folder, env }: ScratchCopy, ...args: readonly string[]): string {
  return gitWith(env, folder, ...args).trimEnd();
}

const status = (copy: ScratchCopy) => ask(copy, 'status', '--porcelain');

test('in the copy git knows the commit, the branch, the tags and the changes of the project', async () => {
  const root = await makeRepository({ 'a.js': 'a', 'b.js': 'b', '.gitignore': '/node_modules/\n' });
  writeFileSync(join(root, 'b.js'), 'changed');
  writeFileSync(join(root, 'c.js'), 'staged');
  git(root, 'add', 'c.js');
  writeFileSync(join(root, 'd.js'), 'new');
  mkdirSync(join(root, 'node_modules'));
  const copy = await copyProject(root);
  expect(ask(copy, 'rev-parse', '--show-toplevel')).toBe(copy.folder);
  expect(ask(copy, 'rev-parse', 'HEAD')).toBe(git(root, 'rev-parse', 'HEAD').trim());
  expect(ask(copy, 'branch', '--show-current')).toBe('main');
  expect(ask(copy, 'describe', '--tags', '--dirty')).toBe('v1.2.3-dirty');
  expect(status(copy).split('\n')).toEqual([' M b.js', 'A  c.js', '?? d.js']);
  expect(existsSync(join(copy.folder, 'node_modules'))).toBe(true);
});

test('what commands do by git in the copy stays in the copy', async () => {
  const root = await makeRepository({ 'a.js': 'a', 'b.js': 'b' });
  git(root, 'remote', 'add', 'origin', root);
  const before = hashTree(join(root, '.git'));
  const copy = await copyProject(root);
  expect(status(copy)).toBe('');
  writeFileSync(join(copy.folder, 'a.js'), 'changed');
  ask(copy, 'stash');
  ask(copy, 'commit', '-qm', 'second', '--allow-empty');
  ask(copy, 'tag', 'v2');
  ask(copy, 'branch', '-m', 'main', 'other');
  ask(copy, 'gc', '-q', '--prune=now');
  expect(ask(copy, 'remote')).toBe('');
  // Also for who is killed before the copy is removed.
  expect(hashTree(join(root, '.git'))).toEqual(before);
});

test('a project that is a folder of a repository keeps its place, and the rest is not missed', async () => {
  const top = await makeRepository({ 'services/shop/a.js': 'a', 'services/shop/b.js': 'b', 'lib/l.js': 'l' });
  const copy = await copyProject(join(top, 'services/shop'));
  expect(ask(copy, 'ls-files')).toBe('a.js\nb.js');
  expect(ask(copy, 'rev-parse', '--show-prefix')).toBe('services/shop/');
  expect(status(copy)).toBe('');
  const elsewhere = join(copy.folder, '../../lib');
  expect(existsSync(elsewhere)).toBe(false);
  rmSync(join(copy.folder, 'a.js'));
  expect(status(copy)).toBe(' D services/shop/a.js');
});

test('a detached commit, a worktree, a shallow clone and a submodule are what they are in the copy', async () => {
  const root = await makeRepository({ 'a.js': 'a' });
  git(root, 'commit', '-qm', 'second', '--allow-empty');
  const shelf = await makeTempFolder();
  const places = { tree: join(shelf, 'tree'), shallow: join(shelf, 'shallow') };
  git(root, 'worktree', 'add', '-q', '--detach', places.tree);
  git(root, 'clone', '-q', '--depth', '1', `file://${root}`, places.shallow);
  const outer = await makeRepository({ 'o.js': 'o' });
  git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', root, 'inner');
  git(outer, 'commit', '-qm', 'inner');
  const head = git(root, 'rev-parse', 'HEAD').trim();
  for (const place of [places.tree, places.shallow, join(outer, 'inner')]) {
    const copy = await copyProject(place);
    expect(ask(copy, 'rev-parse', 'HEAD'), place).toBe(head);
    expect(status(copy), place).toBe('');
  }
  expect(ask(await copyProject(places.tree), 'branch', '--show-current')).toBe('');
  expect(ask(await copyProject(places.shallow), 'rev-list', '--count', 'HEAD')).toBe('1');
  const around = await copyProject(outer);
  expect(readFileSync(join(around.folder, 'inner/a.js'), 'utf8')).toBe('a');
  expect(status(around)).toBe('');
});

test('a repository without a commit, and one with SHA-256, are copied too', async () => {
  const fresh = await makeProject({ 'a.js': 'a' });
  git(fresh, 'init', '-q', '-b', 'start');
  const copy = await copyProject(fresh);
  expect(ask(copy, 'branch', '--show-current')).toBe('start');
  expect(status(copy)).toBe('?? a.js');
  const sha256 = await makeProject({ 'a.js': 'a' });
  git(sha256, 'init', '-q', '--object-format=sha256');
  git(sha256, 'add', '.');
  git(sha256, 'commit', '-qm', 'first');
  const other = await copyProject(sha256);
  expect(ask(other, 'rev-parse', 'HEAD')).toMatch(/^[0-9a-f]{64}$/);
  expect(status(other)).toBe('');
});

test('files with line ends that git turned for the user are not changed in the copy', async () => {
  const root = await makeRepository({ 'a.js': 'a\r\n' });
  git(root, 'config', 'core.autocrlf', 'true');
  git(root, 'rm', '-q', '--cached', 'a.js');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'turned');
  expect(status(await copyProject(root))).toBe('');
});

test('without git, or beyond every repository, the copy is made and git finds none', async () => {
  const root = await makeRepository({ 'a.js': 'a' });
  const plain = await makeProject({ 'a.js': 'a' });
  for (const copy of [await copyProject(root, true, await makeTempFolder()), await copyProject(plain)]) {
    expect(readFileSync(join(copy.folder, 'a.js'), 'utf8')).toBe('a');
    expect(existsSync(join(copy.folder, '.git'))).toBe(false);
    expect(() => ask(copy, 'rev-parse', 'HEAD')).toThrow(/not a git repository/);
  }
});

test('hooks of the user’s repository do not run in the copy', async () => {
  const root = await makeRepository({ 'a.js': 'a' });
  const ran = join(root, 'ran');
  writeFileSync(join(root, '.git/hooks/pre-commit'), `#!/bin/sh\n: > '${ran}'\n`, { mode: 0o755 });
  ask(await copyProject(root), 'commit', '-qm', 'second', '--allow-empty');
  expect(existsSync(ran)).toBe(false);
});
