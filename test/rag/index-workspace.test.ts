import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

async function copyFixture(name: string): Promise<{ root: string; state: string }> {
  const root = await makeTempFolder();
  await cp(fixture(name), root, { recursive: true });
  return { root, state: join(root, '.breakwater', 'index') };
}

test('a second indexing reads nothing anew and answers the same', async () => {
  const { root, state } = await copyFixture('fastapi');
  const first = await indexFolder(root, state);
  const second = await indexFolder(root, state);
  expect([first.summary.changedFiles, second.summary.changedFiles]).toEqual([first.summary.files, 0]);
  expect(second.routes).toEqual(first.routes);
  expect(second.search('charge', { limit: 5 })).toEqual(first.search('charge', { limit: 5 }));
  first.close();
  second.close();
});

test('only the changed file is read anew, and what was in it before is gone', async () => {
  const { root, state } = await copyFixture('express');
  (await indexFolder(root, state)).close();
  await writeFile(join(root, 'src/auth.js'), 'export function zebraGate(req, res, next) { next(); }\n');
  const index = await indexFolder(root, state);
  expect(index.summary.changedFiles).toBe(1);
  expect(index.search('zebra gate', { limit: 1 }).hits[0]?.symbol).toBe('zebraGate');
  expect(index.search('authenticate', { limit: 9, path: 'src/auth.js' }).hits).toEqual([]);
  index.close();
});

test('a deleted file and a renamed one leave nothing behind', async () => {
  const { root, state } = await copyFixture('express');
  (await indexFolder(root, state)).close();
  await rm(join(root, 'src/health.js'));
  await cp(join(root, 'src/legacy.js'), join(root, 'src/older.js'));
  await rm(join(root, 'src/legacy.js'));
  const index = await indexFolder(root, state);
  const files = index.files.map((file) => file.file);
  expect(files).toContain('src/older.js');
  expect(files).not.toContain('src/legacy.js');
  expect(index.routes.map((route) => route.path)).not.toContain('/health');
  index.close();
});

test('an open reader keeps its generation while another publishes', async () => {
  const { root, state } = await copyFixture('express');
  const old = await indexFolder(root, state);
  await rm(join(root, 'src/auth.js'));
  const fresh = await indexFolder(root, state);
  expect(old.search('authenticate', { limit: 1, path: 'src/auth.js' }).hits).toHaveLength(1);
  expect(fresh.search('authenticate', { limit: 1, path: 'src/auth.js' }).hits).toHaveLength(0);
  old.close();
  fresh.close();
});

test('indexing twice at once gives two whole indexes and leaves no lock', async () => {
  const { root, state } = await copyFixture('fastapi');
  const both = await Promise.all([indexFolder(root, state), indexFolder(root, state)]);
  for (const index of both) {
    expect(index.search('charge', { limit: 1 }).hits).toHaveLength(1);
    index.close();
  }
  expect(await readdir(join(state, 'private'))).toEqual([]);
});

test('what a dead process left is swept, and a broken generation is built anew', async () => {
  const { root, state } = await copyFixture('fastapi');
  await mkdir(join(state, 'private', '999999999-1-abc.db.lock'), { recursive: true });
  await writeFile(join(state, 'private', '999999999-1-abc.db'), 'half written');
  await writeFile(join(state, 'generation.db'), 'not a database at all, '.repeat(500));
  const index = await indexFolder(root, state);
  expect(index.search('charge', { limit: 1 }).hits).toHaveLength(1);
  index.close();
  expect(await readdir(join(state, 'private'))).toEqual([]);
});

test('an aborted indexing stops and leaves the generation before', async () => {
  const { root, state } = await copyFixture('fastapi');
  (await indexFolder(root, state)).close();
  await writeFile(join(root, 'shop/extra.py'), 'def zebra(): pass\n');
  const { indexWorkspace } = await import('../../src/rag/index-workspace.ts');
  const { systemClock } = await import('../../src/clock.ts');
  const abort = new AbortController();
  const stopped = indexWorkspace(root, {
    stateFolder: state,
    clock: systemClock,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  const index = await indexFolder(root, state);
  expect(index.search('zebra', { limit: 1 }).hits).toHaveLength(1);
  index.close();
});

test('ignored, vendored, binary, minified and linked-out files are left out, and counted', async () => {
  const root = await makeTempFolder();
  const outside = await makeTempFolder();
  await mkdir(join(root, 'app/sub'), { recursive: true });
  await mkdir(join(root, 'node_modules/x'), { recursive: true });
  await mkdir(join(root, 'decimal.js'));
  await writeFile(join(root, '.gitignore'), 'ignored.py\n/app/sub/*.py\n');
  await writeFile(join(root, 'app/.gitignore'), '!ignored.py\n');
  const files = {
    'ignored.py': 'a = 1',
    'app/ignored.py': 'b = 1',
    'app/sub/c.py': 'c = 1',
    'app/kept.py': 'd = 1',
    'node_modules/x/i.js': 'e = 1',
    'app/nul.py': 'f = "\0"',
    'app/big.js': `x = [${'1,'.repeat(600_000)}]`,
    'app/packed.js': `var a=${'1+'.repeat(5000)}1`,
    'app/lib.min.js': 'g=1',
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text);
  await writeFile(join(outside, 'secret.py'), 'secret = 1');
  await symlink(outside, join(root, 'app/out'));
  const index = await indexFolder(root);
  expect(index.files.map((file) => file.file)).toEqual(['app/ignored.py', 'app/kept.py']);
  expect(index.summary.skipped.map((notice) => notice.message).sort()).toEqual([
    '.gitignore leaves it out',
    'a link that leads out of the folder is not followed',
    'binary files are not indexed',
    'files above 1 MB are not indexed',
    'generated or minified code is not indexed',
    'generated or minified code is not indexed',
    'vendored or built code is not indexed',
  ]);
  index.close();
});
