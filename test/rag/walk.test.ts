import { mkdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { walk } from '../../src/rag/walk.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const LATER_MS = 4_102_444_800_000;
const { signal } = new AbortController();

async function makeTree(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}

async function filesBelow(root: string): Promise<string[]> {
  return (await walk(root, LATER_MS, signal)).code.map(({ file }) => file);
}

describe('.gitignore', () => {
  test('a nested one adds to those above it and overrules them', async () => {
    const root = await makeTree({
      '.gitignore': '*.gen.py\n/build-output/\n',
      'a.py': '',
      'b.gen.py': '',
      'build-output/c.py': '',
      'app/.gitignore': '!kept.gen.py\nlocal/\n',
      'app/kept.gen.py': '',
      'app/lost.gen.py': '',
      'app/local/d.py': '',
      'app/deep/local/e.py': '',
      'app/deep/build-output/f.py': '',
      'local/g.py': '',
    });
    expect(await filesBelow(root)).toEqual([
      'a.py',
      'app/deep/build-output/f.py',
      'app/kept.gen.py',
      'local/g.py',
    ]);
  });

  test('a file in a folder that is ignored as a whole cannot be taken back', async () => {
    const root = await makeTree({ '.gitignore': 'out/\n!out/kept.py\n', 'out/kept.py': '', 'a.py': '' });
    expect(await filesBelow(root)).toEqual(['a.py']);
  });
});

describe('links', () => {
  test('a loop ends, and each folder is listed once, by its own name', async () => {
    const root = await makeTree({ 'z-real/a.py': '', 'z-real/inner/b.py': '' });
    await symlink('..', join(root, 'z-real/inner/up'));
    await symlink(root, join(root, 'z-real/whole'));
    await symlink('z-real', join(root, 'a-link'));
    await symlink('nowhere', join(root, 'dangling.py'));
    expect(await filesBelow(root)).toEqual(['z-real/a.py', 'z-real/inner/b.py']);
  });

  test('a folder whose name begins with two dots lies inside', async () => {
    const root = await makeTree({ 'app/a.py': '' });
    await mkdir(join(root, '.venv/..odd'), { recursive: true });
    await writeFile(join(root, '.venv/..odd/b.py'), '');
    await symlink(join(root, '.venv/..odd'), join(root, 'app/odd'));
    expect(await filesBelow(root)).toEqual(['app/a.py', 'app/odd/b.py']);
  });
});

test('services of a monorepo keep their own manifests; builds beside a manifest are left out, sources are not', async () => {
  const root = await makeTree({
    'package.json': '{}',
    'services/orders/package.json': '{}',
    'services/orders/src/app.ts': '',
    'services/orders/dist/app.js': '',
    'services/orders/node_modules/x/index.js': '',
    'services/users/pyproject.toml': '',
    'services/users/users/main.py': '',
    'services/users/.venv/lib/x.py': '',
    'services/stock/go.mod': 'module stock\n',
    'services/stock/main.go': '',
    'services/stock/vendor/y/y.go': '',
    'tools/build/release.py': '',
  });
  const { code, manifests } = await walk(root, LATER_MS, signal);
  expect(code.map(({ file }) => file)).toEqual([
    'services/orders/src/app.ts',
    'services/stock/main.go',
    'services/users/users/main.py',
    'tools/build/release.py',
  ]);
  expect(manifests.map(({ file }) => file)).toEqual([
    'package.json',
    'services/orders/package.json',
    'services/stock/go.mod',
    'services/users/pyproject.toml',
  ]);
});

test('a manifest in a huge lock file and code above 1 MB are told apart', async () => {
  const large = `x = 1\n`.repeat(200_000);
  const root = await makeTree({ 'big.py': large, 'package-lock.json': large });
  const { code, manifests, skipped } = await walk(root, LATER_MS, signal);
  expect([code, manifests.map(({ file }) => file)]).toEqual([[], ['package-lock.json']]);
  expect(skipped).toEqual([{ where: 'big.py', message: 'files above 1 MB are not indexed' }]);
});

describe('stamps', () => {
  test('a file that is younger than a tick of its times has none', async () => {
    const root = await makeTree({ 'a.py': 'a = 1' });
    const { ctimeMs } = await stat(join(root, 'a.py'));
    const stampAt = async (nowMs: number) => (await walk(root, nowMs, signal)).code[0]?.stamp;
    expect(await stampAt(ctimeMs + 1)).toBe('');
    expect(await stampAt(ctimeMs + 60_000)).not.toBe('');
  });

  test('a change that keeps size and time of modification is seen', async () => {
    const root = await makeTree({ 'a.py': 'def zebra(): pass\n' });
    const path = join(root, 'a.py');
    const state = join(root, '.breakwater', 'index');
    (await indexFolder(root, state)).close();
    const { atime, mtime } = await stat(path);
    await writeFile(path, 'def tiger(): pass\n');
    await utimes(path, atime, mtime);
    const index = await indexFolder(root, state);
    expect(index.listSymbols({}).map(({ name }) => name)).toEqual(['tiger']);
    index.close();
  });

  test('a file whose times alone have changed is not read anew', async () => {
    const root = await makeTree({ 'a.py': 'def zebra(): pass\n' });
    const state = join(root, '.breakwater', 'index');
    (await indexFolder(root, state)).close();
    await utimes(join(root, 'a.py'), 1, 1);
    const index = await indexFolder(root, state);
    expect(index.summary.changedFiles).toBe(0);
    index.close();
  });
});
