import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId, openStore } from '../src/store.ts';
import { makeTempFolder } from './helpers/temp-folder.ts';

test('opening a store writes nothing', async () => {
  const workspace = await makeTempFolder();
  openStore(workspace);
  expect(await readdir(workspace)).toEqual([]);
});

test('what is written is read back, and no temporary file stays', async () => {
  const store = openStore(await makeTempFolder());
  await store.writeText('runs/run_1/run.json', '{}');
  await store.writeText('runs/run_1/run.json', '{"a":1}');
  expect(await store.readText('runs/run_1/run.json')).toBe('{"a":1}');
  expect(await store.list('runs/run_1')).toEqual(['run.json']);
});

test('the store ignores itself in git', async () => {
  const workspace = await makeTempFolder();
  await openStore(workspace).appendText('runs/run_1/samples.ndjson', '1\n');
  expect(await readFile(join(workspace, '.breakwater/.gitignore'), 'utf8')).toBe('*\n');
});

test('what is not there is null, and its folder is empty', async () => {
  const store = openStore(await makeTempFolder());
  expect(await store.readText('runs/none/run.json')).toBeNull();
  expect(await store.list('runs')).toEqual([]);
});

test('a store that cannot be written is a clear error', async () => {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, '.breakwater'), 'a file, not a folder');
  await expect(openStore(workspace).writeText('a/b', 'x')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
});

test('writers of one file leave one whole text', async () => {
  const workspace = await makeTempFolder();
  await mkdir(join(workspace, '.breakwater'), { recursive: true });
  const store = openStore(workspace);
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => store.writeText('one', text)));
  expect(texts).toContain(await store.readText('one'));
});

test('writers that make a file at the same time do not take it for a link', async () => {
  for (let round = 0; round < 20; round += 1) {
    const store = openStore(await makeTempFolder());
    const writers = Array.from({ length: 8 }, () => store.appendText('runs/run_1/samples.ndjson', '1\n'));
    await Promise.all(writers);
    expect(await store.readText('runs/run_1/samples.ndjson')).toBe('1\n'.repeat(8));
  }
});

test('ids are of their kind and differ', () => {
  expect(newId('run')).toMatch(/^run_[0-9a-f]{16}$/);
  expect(newId('run')).not.toBe(newId('run'));
});
