import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyToCopy } from '../../src/service/apply.ts';
import type { ScratchCopy } from '../../src/service/copy.ts';
import type { PatchedFile } from '../../src/types-code.ts';
import { makeProject } from './project.ts';

async function makeCopy(files: Readonly<Record<string, string>>): Promise<Pick<ScratchCopy, 'folder'>> {
  return { folder: await makeProject(files) };
}

function patched(file: string, oldText: string | null, newText: string | null): PatchedFile {
  const baseSha256 = oldText === null ? null : createHash('sha256').update(oldText).digest('hex');
  return { file, baseSha256, newText };
}

test('files are changed, made and removed in the copy, and their mode is kept', async () => {
  const copy = await makeCopy({ 'a.sh': 'old', 'b.js': 'b' });
  chmodSync(join(copy.folder, 'a.sh'), 0o755);
  await applyToCopy(copy, [
    patched('a.sh', 'old', 'new'),
    patched('c/d.js', null, 'd'),
    patched('b.js', 'b', null),
  ]);
  expect(readFileSync(join(copy.folder, 'a.sh'), 'utf8')).toBe('new');
  expect(statSync(join(copy.folder, 'a.sh')).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(copy.folder, 'c/d.js'), 'utf8')).toBe('d');
  expect(existsSync(join(copy.folder, 'b.js'))).toBe(false);
});

test.each([
  '../out.js',
  'a/../../out.js',
  '/etc/out.js',
  'C:\\out.js',
  'a\\..\\out.js',
  '.git/hooks/post-checkout',
  'sub/.GIT/config',
  './a.js',
  'a//b.js',
  'a\0.js',
  '',
])('a path such as %j is refused', async (file) => {
  const copy = await makeCopy({ 'a.js': 'a' });
  await expect(applyToCopy(copy, [patched(file, null, 'x')])).rejects.toMatchObject({
    code: 'PATH_NOT_ALLOWED',
  });
});

test('a name that only begins like .git is no such path', async () => {
  const copy = await makeCopy({});
  await applyToCopy(copy, [patched('.github/x.yml', null, 'x'), patched('..dots/x.js', null, 'x')]);
  expect(existsSync(join(copy.folder, '.github/x.yml'))).toBe(true);
});

test('a path through a symlink is refused, and nothing behind it is touched', async () => {
  const elsewhere = await makeProject({ 'real.js': 'mine' });
  const copy = await makeCopy({});
  symlinkSync(elsewhere, join(copy.folder, 'node_modules'));
  symlinkSync(join(elsewhere, 'real.js'), join(copy.folder, 'link.js'));
  for (const file of ['node_modules/real.js', 'node_modules/deep/new.js', 'link.js']) {
    await expect(applyToCopy(copy, [patched(file, 'mine', 'x')])).rejects.toMatchObject({
      code: 'PATH_NOT_ALLOWED',
    });
  }
  expect(readFileSync(join(elsewhere, 'real.js'), 'utf8')).toBe('mine');
});

test.each([
  ['changed since', patched('a.js', 'other', 'x')],
  ['was removed since', patched('gone.js', 'a', 'x')],
  ['was made since', patched('a.js', null, 'x')],
])('a file that %s is stale, and no other file of the patch is written', async (_why, stale) => {
  const copy = await makeCopy({ 'a.js': 'a' });
  mkdirSync(join(copy.folder, 'src'));
  await expect(applyToCopy(copy, [patched('src/first.js', null, 'x'), stale])).rejects.toMatchObject({
    code: 'PATCH_STALE',
  });
  expect(existsSync(join(copy.folder, 'src/first.js'))).toBe(false);
});
