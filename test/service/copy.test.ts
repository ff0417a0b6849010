import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeScratchCopy } from '../../src/service/copy.ts';
import { hasPipes, makePipe } from '../helpers/pipe.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { copyProject, git, listTree, makeProject } from './project.ts';

const FILES = {
  'app.js': 'app',
  'src/new.js': 'new',
  '.gitignore': 'node_modules/\n*.log\n.env\n!keep.log\n',
  '.env': 'SECRET=1',
  'debug.log': 'log',
  'keep.log': 'kept',
  'sub/.gitignore': 'out/\n',
  'sub/out/x.js': 'x',
  'sub/in.js': 'y',
  'node_modules/dep/index.js': 'dep',
};
const COPIED = [
  '.gitignore',
  'app.js',
  'keep.log',
  'node_modules@',
  'src/new.js',
  'sub/.gitignore',
  'sub/in.js',
];

test('in a git tree, what git knows or would add is copied, and installed packages are linked', async () => {
  const root = await makeProject(FILES);
  git(root, 'init', '-q');
  git(root, 'add', 'app.js');
  expect(listTree((await copyProject(root)).folder)).toEqual(COPIED);
});

test('without git, the same files are copied by the rules of .gitignore', async () => {
  const root = await makeProject(FILES);
  expect(listTree((await copyProject(root)).folder)).toEqual(COPIED);
});

test('files of variables that git ignores are named, since a service may need them', async () => {
  const root = await makeProject({ ...FILES, '.env.example': 'SECRET=', 'sub/.env': 'x' });
  expect(await copyProject(root)).toMatchObject({ leftOut: ['.env'], isPart: false });
});

test('a copy of a folder of a repository says that it is a part', async () => {
  const outer = await makeProject({ 'inner/a.js': 'a', 'outer.js': 'o' });
  git(outer, 'init', '-q');
  const copy = await copyProject(join(outer, 'inner'));
  expect(copy.isPart).toBe(true);
});

test.skipIf(process.platform !== 'linux')(
  'a process that a command in the copy has left, in a session of its own, ends with the copy',
  async () => {
    const copy = await copyProject(await makeProject({ 'a.js': 'a' }));
    const daemon = (env: Readonly<Record<string, string>>) => {
      const child = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1000)'], {
        detached: true,
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    };
    const [left, other] = [daemon(copy.env), daemon({ BREAKWATER_SCRATCH_COPY: `${copy.folder}x` })];
    // Only once it runs does /proc show its environment.
    await Promise.all([left, other].map((child) => once(child.stdout, 'data')));
    const ended = once(left, 'exit');
    await copy.remove();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  },
);

test('a folder that the repository around it ignores is copied all the same', async () => {
  const outer = await makeProject({ '.gitignore': 'inner/\n', 'inner/a.js': 'a', 'outer.js': 'o' });
  git(outer, 'init', '-q');
  expect(listTree((await copyProject(join(outer, 'inner'))).folder)).toEqual(['a.js']);
});

test('a file that was deleted but not committed is not copied, a changed one as it stands', async () => {
  const root = await makeProject({ 'a.js': 'a', 'b.js': 'b' });
  git(root, 'init', '-q');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'first');
  rmSync(join(root, 'a.js'));
  writeFileSync(join(root, 'b.js'), 'changed');
  const { folder } = await copyProject(root);
  expect(listTree(folder)).toEqual(['b.js']);
  expect(readFileSync(join(folder, 'b.js'), 'utf8')).toBe('changed');
});

test('the content and the mode of files are kept', async () => {
  const root = await makeProject({ 'run.sh': 'é\r\n' });
  chmodSync(join(root, 'run.sh'), 0o755);
  const { folder } = await copyProject(root);
  expect(readFileSync(join(folder, 'run.sh'), 'utf8')).toBe('é\r\n');
  expect(statSync(join(folder, 'run.sh')).mode & 0o777).toBe(0o755);
});

test('a symlink within the project leads to the copy, one that leaves it is not copied', async () => {
  const root = await makeProject({ 'a/real.js': 'inside' });
  const elsewhere = await makeProject({ 'secret.txt': 'secret' });
  symlinkSync('a/real.js', join(root, 'relative.js'));
  symlinkSync(join(root, 'a/real.js'), join(root, 'absolute.js'));
  symlinkSync(join(elsewhere, 'secret.txt'), join(root, 'secret.txt'));
  symlinkSync(elsewhere, join(root, 'elsewhere'));
  symlinkSync('nowhere', join(root, 'broken'));
  const { folder } = await copyProject(root);
  expect(listTree(folder)).toEqual(['a/real.js', 'absolute.js@', 'relative.js@']);
  writeFileSync(join(folder, 'absolute.js'), 'changed in the copy');
  expect(readFileSync(join(root, 'a/real.js'), 'utf8')).toBe('inside');
});

test('files that git lists below a folder that became a link to elsewhere are not copied', async () => {
  const root = await makeProject({ 'a/x.txt': 'mine', 'b.txt': 'b' });
  const elsewhere = await makeProject({ 'x.txt': 'secret' });
  git(root, 'init', '-q');
  git(root, 'add', '.');
  renameSync(join(root, 'a'), join(root, 'old'));
  symlinkSync(elsewhere, join(root, 'a'));
  expect(listTree((await copyProject(root)).folder)).toEqual(['b.txt', 'old/x.txt']);
});

test.skipIf(!hasPipes)('a pipe in the project does not hold the copy up', async () => {
  const root = await makeProject({ 'a.js': 'a' });
  makePipe(join(root, 'pipe'));
  expect(listTree((await copyProject(root)).folder)).toEqual(['a.js']);
});

test('a repository whose configuration names a program does not get it run', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of a shell script
  const root = await makeProject({ 'a.js': 'a', 'hook.sh': '#!/bin/sh\n: > "${0%/*}/ran"\n' });
  chmodSync(join(root, 'hook.sh'), 0o755);
  git(root, 'init', '-q');
  git(root, 'config', 'core.fsmonitor', join(root, 'hook.sh'));
  git(root, 'status');
  expect(existsSync(join(root, 'ran'))).toBe(true);
  rmSync(join(root, 'ran'));
  await copyProject(root);
  expect(existsSync(join(root, 'ran'))).toBe(false);
});

test('of linked packages, those of the project itself lead into the copy', async () => {
  const root = await makeProject({
    '.gitignore': 'node_modules/\n',
    'packages/own/index.js': 'own',
    'node_modules/dep/index.js': 'dep',
  });
  mkdirSync(join(root, 'node_modules/@shop'));
  symlinkSync('../../packages/own', join(root, 'node_modules/@shop/own'));
  const { folder } = await copyProject(root);
  writeFileSync(join(folder, 'packages/own/index.js'), 'patched');
  expect(readFileSync(join(folder, 'node_modules/@shop/own/index.js'), 'utf8')).toBe('patched');
  expect(readFileSync(join(folder, 'node_modules/dep/index.js'), 'utf8')).toBe('dep');
  expect(readFileSync(join(root, 'packages/own/index.js'), 'utf8')).toBe('own');
});

test('installed packages are not linked when the copy installs its own', async () => {
  const { folder } = await copyProject(await makeProject(FILES), false);
  expect(existsSync(join(folder, 'node_modules'))).toBe(false);
});

test('removing the copy leaves what it links to', async () => {
  const root = await makeProject(FILES);
  const copy = await copyProject(root);
  await copy.remove();
  await copy.remove();
  expect(existsSync(copy.folder)).toBe(false);
  expect(existsSync(join(root, 'node_modules/dep/index.js'))).toBe(true);
});

test('copies are not copied, and those of ended processes are removed while those of living ones stay', async () => {
  const root = await makeProject({ 'a.js': 'a' });
  const gone = join(root, '.breakwater/scratch/4194304-abcdef');
  mkdirSync(gone, { recursive: true });
  const living = await copyProject(root);
  const { folder } = await copyProject(root);
  expect(existsSync(gone)).toBe(false);
  expect(existsSync(living.folder)).toBe(true);
  expect(listTree(folder)).toEqual(['a.js']);
});

test('aborting leaves no copy behind', async () => {
  const root = await makeProject({ 'a.js': 'a' });
  const parent = join(await makeTempFolder(), 'scratch');
  const options = { parent, signal: AbortSignal.abort(new Error('enough')), baseEnv: {} };
  await expect(makeScratchCopy(root, options)).rejects.toThrow('enough');
  expect(listTree(parent)).toEqual(['.gitignore']);
});

test('a folder that does not exist is named', async () => {
  await expect(copyProject(join(await makeTempFolder(), 'gone'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
