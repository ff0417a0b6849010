import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { startFakeEmbeddings } from './helpers/fake-embeddings.ts';
import { indexFolder } from './helpers/index-fixture.ts';
import { WatchedChild } from './helpers/watched-child.ts';

const FILES = 150;
const KILLS = 6;

const textOf = (file: number, word: string) =>
  `def ${word}_${file}():\n    return ${file}\n\n\ndef second_${file}():\n    return -${file}\n`;

async function makeTree(word: string): Promise<{ root: string; state: string }> {
  const root = await makeTempFolder();
  for (let file = 0; file < FILES; file++) await writeFile(join(root, `m${file}.py`), textOf(file, word));
  return { root, state: join(root, '.breakwater', 'index') };
}

/** What an index must hold: exactly the words of the tree as it is now, and nothing left on disk. */
async function expectSound(tree: { root: string; state: string }, words: ReadonlyMap<string, string>) {
  const index = await indexFolder(tree.root, tree.state);
  expect(index.files.map(({ file }) => file)).toEqual([...words.keys()].sort());
  for (const [file, word] of words) {
    const number = /\d+/.exec(file)?.[0] ?? '';
    const { hits } = index.search(`${word}_${number}`, { limit: 1, path: file });
    expect(hits[0]?.symbol).toBe(`${word}_${number}`);
  }
  expect(index.search('ghost', { limit: 1 }).hits).toEqual([]);
  index.close();
  expect(await readdir(join(tree.state, 'private'))).toEqual([]);
}

test('a process killed at any moment of indexing leaves no wrong answer and no lock', async () => {
  const random = createRandom(20_261_121, 'kill');
  const tree = await makeTree('ghost');
  for (let turn = 0; turn < KILLS; turn++) {
    // Each turn changes all files, so that each kill meets reading, writing or publishing.
    const word = turn === KILLS - 1 ? 'zebra' : 'ghost';
    for (let file = 0; file < FILES; file++)
      await writeFile(join(tree.root, `m${file}.py`), `${textOf(file, word)}# ${turn}\n`);
    const from = Math.floor(random.between(0, FILES + 30));
    const child = new WatchedChild('./index-child.ts', [tree.root, tree.state]);
    await child.awaitLine((line) => line === 'whole' || Number(line.replace('read ', '')) >= from);
    await child.kill();
  }
  await expectSound(tree, new Map(Array.from({ length: FILES }, (_, file) => [`m${file}.py`, 'zebra'])));
});

test('files that change, move and go while they are indexed are as they are now in the next index', async () => {
  const tree = await makeTree('ghost');
  const words = new Map<string, string>();
  const random = createRandom(20_261_121, 'change');
  const child = new WatchedChild('./index-child.ts', [tree.root, tree.state]);
  await child.awaitLine((line) => line.startsWith('read'));
  for (let file = 0; file < FILES; file++) {
    const path = join(tree.root, `m${file}.py`);
    const choice = random.next();
    await writeFile(path, textOf(file, 'zebra'));
    if (choice < 0.3) await rm(path);
    else if (choice < 0.6) {
      await rename(path, join(tree.root, `moved${file}.py`));
      words.set(`moved${file}.py`, 'zebra');
    } else words.set(`m${file}.py`, 'zebra');
  }
  await child.awaitLine((line) => line === 'whole');
  await child.kill();
  await expectSound(tree, words);
});

test('two processes that index and are killed one after the other do not disturb each other', async () => {
  const tree = await makeTree('zebra');
  const first = new WatchedChild('./index-child.ts', [tree.root, tree.state]);
  const second = new WatchedChild('./index-child.ts', [tree.root, tree.state]);
  await first.awaitLine((line) => line.startsWith('read'));
  await first.kill();
  await second.awaitLine((line) => line === 'whole');
  await expectSoundBeside(tree, second);
  await expectSound(tree, new Map(Array.from({ length: FILES }, (_, file) => [`m${file}.py`, 'zebra'])));
});

/** While the other process lives, what it holds stays, and an index here is whole. */
async function expectSoundBeside(tree: { root: string; state: string }, other: WatchedChild): Promise<void> {
  const index = await indexFolder(tree.root, tree.state);
  expect(index.summary.changedFiles).toBe(0);
  index.close();
  const held = await readdir(join(tree.state, 'private'));
  expect(held.some((name) => name.startsWith(`${other.pid}-`))).toBe(true);
  await other.kill();
}

test('a process killed while it embeds has not sent in vain: the next one sends only what is missing', async () => {
  const tree = await makeTree('zebra');
  const server = await startFakeEmbeddings();
  const child = new WatchedChild('./embed-child.ts', [tree.root, tree.state, server.baseUrl]);
  const said = /^embedded (\d+) of (\d+)$/;
  const line = await child.awaitLine((one) => Number(said.exec(one)?.[1] ?? 0) >= 128);
  const total = Number(said.exec(line)?.[2]);
  await child.kill();
  const before = server.calls.flatMap(({ input }) => input).length;
  const next = new WatchedChild('./embed-child.ts', [tree.root, tree.state, server.baseUrl]);
  await next.awaitLine((line) => line === 'whole');
  await next.kill();
  const sent = server.calls.flatMap(({ input }) => input).length - before;
  expect(total).toBeGreaterThan(256);
  expect(sent).toBeLessThanOrEqual(total - 128);
  const third = new WatchedChild('./embed-child.ts', [tree.root, tree.state, server.baseUrl]);
  await third.awaitLine((line) => line === 'whole');
  await third.kill();
  expect(server.calls.flatMap(({ input }) => input)).toHaveLength(before + sent);
  await server.close();
});
