import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle } from '../../scripts/build.mjs';
import { repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** Code that runs before the first answer, in characters: that of `entries` and of what they import at once. */
async function measureLoaded(folder: string, entries: readonly string[]): Promise<number> {
  const sizes = new Map<string, number>();
  const follow = async (file: string): Promise<void> => {
    if (sizes.has(file)) return;
    const text = await readFile(join(folder, file), 'utf8');
    sizes.set(file, text.length);
    for (const [, next = ''] of text.matchAll(/\b(?:from|import)"\.\/([\w.-]+\.js)"/g)) await follow(next);
  };
  for (const entry of entries) await follow(entry);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

test('before its first answer the server loads hardly more code than one of a single tool on the bare SDK', async () => {
  const dist = join(repository, 'dist');
  const late = (await readdir(dist)).filter((name) => /^serve-\w+\.js$/.test(name));
  expect(late).toHaveLength(1);
  const bare = await makeTempFolder();
  await bundle([join(repository, 'bench/bare-server.ts')], bare);
  const own = await measureLoaded(dist, ['cli.js', ...late]);
  expect(own / (await measureLoaded(bare, ['bare-server.js']))).toBeLessThan(1.1);
});
