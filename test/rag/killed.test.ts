import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const CHILD = fileURLToPath(new URL('./helpers/index-child.ts', import.meta.url));
const FILES = 120;

async function makeTree(): Promise<string> {
  const root = await makeTempFolder();
  for (let i = 0; i < FILES; i++) {
    await writeFile(join(root, `m${i}.py`), `def zebra_${i}():\n    return ${i}\n`.repeat(20));
  }
  return root;
}

/** Indexes in a process of its own and kills it without warning once it has said `line`. */
async function killAt(root: string, state: string, line: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx/esm', CHILD, root, state], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  for await (const seen of createInterface({ input: child.stdout })) {
    if (seen === line) child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  expect(signal).toBe('SIGKILL');
}

test.each(['read 24', `read ${FILES}`, 'whole'])(
  'a process killed at "%s" leaves no wrong answer and no lock',
  async (line) => {
    const root = await makeTree();
    const state = join(root, '.breakwater', 'index');
    await killAt(root, state, line);
    const index = await indexFolder(root, state);
    expect(index.files).toHaveLength(FILES);
    expect(index.search(`zebra ${FILES - 1}`, { limit: 1 }).hits[0]?.file).toBe(`m${FILES - 1}.py`);
    index.close();
    expect(await readdir(join(state, 'private'))).toEqual([]);
  },
);

test('a process killed while it indexes anew leaves the generation before it', async () => {
  const root = await makeTree();
  const state = join(root, '.breakwater', 'index');
  (await indexFolder(root, state)).close();
  for (let i = 0; i < FILES; i++) await writeFile(join(root, `m${i}.py`), 'def giraffe():\n    return 0\n');
  await killAt(root, state, `read ${FILES}`);
  const index = await indexFolder(root, state);
  expect(index.search('giraffe', { limit: 200 }).hits).toHaveLength(FILES);
  expect(index.search('zebra', { limit: 1 }).hits).toEqual([]);
  index.close();
});
