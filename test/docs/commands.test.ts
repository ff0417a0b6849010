import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repository } from '../helpers/mcp-client.ts';
import { startDemoWorkspace } from './demo-workspace.ts';
import { listDocuments } from './documents.ts';
import { readFencedBlocks, wordValue } from './fenced-blocks.ts';

const LIMIT_MS = 300_000;
/** Documents whose service calls its dependency through a proxy that they open. */
const BEHIND_PROXY = ['docs/dependencies.md'];
const pages = listDocuments().map((name) => ({
  name,
  blocks: readFencedBlocks(readFileSync(`${repository}/${name}`, 'utf8')),
}));
const isRun = ({ words }: { readonly words: readonly string[] }) => words.includes('run');
const withCommands = pages.filter(({ blocks }) => blocks.some(isRun));

test('the pages that a beginner follows have commands that are run here', () => {
  expect(withCommands.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['README.md', 'docs/ci.md', 'docs/dependencies.md', 'docs/getting-started.md']),
  );
});

/** `run` runs a block, with the exit status of `status=`; `file=` writes it into the workspace first. */
test.skipIf(process.platform === 'win32').each(withCommands)(
  'the commands of $name, one after another, end as the page says',
  { timeout: LIMIT_MS },
  async ({ name, blocks }) => {
    const workspace = await startDemoWorkspace({ behindProxy: BEHIND_PROXY.includes(name) });
    for (const block of blocks) {
      const file = wordValue(block, 'file');
      if (file !== null) await workspace.write(file, block.text);
      if (!isRun(block)) continue;
      const { status, output } = await workspace.run(block.text);
      const expected = Number(wordValue(block, 'status') ?? '0');
      expect(status, `${name}:${block.line}\n${block.text}\n${output}`).toBe(expected);
    }
  },
);
