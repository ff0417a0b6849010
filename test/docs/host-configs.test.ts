import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../../src/config-document.ts';
import { repository } from '../helpers/mcp-client.ts';
import { readFencedBlocks } from './fenced-blocks.ts';

const blocks = readFencedBlocks(readFileSync(`${repository}/README.md`, 'utf8'));
const LAUNCH = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.literal('node'),
  args: z.array(z.string()),
});

test.each(['mcpServers', 'servers', 'context_servers'])(
  'the snippet with %s is valid JSON and starts the server',
  (key) => {
    const snippet = blocks.find(({ language, text }) => language === 'json' && text.includes(`"${key}"`));
    const read: unknown = JSON.parse(snippet?.text ?? '');
    const { args } = z.strictObject({ [key]: z.strictObject({ breakwater: LAUNCH }) }).parse(read)[
      key
    ]!.breakwater;
    expect(args.slice(0, 3)).toEqual(['/path/to/breakwater/dist/cli.js', 'serve', '--root']);
    expect(args).toHaveLength(4);
  },
);

test('the snippet for Codex is a table of TOML with JSON values', () => {
  const snippet = blocks.find(({ language }) => language === 'toml')?.text ?? '';
  const [head = '', ...lines] = snippet.trim().split('\n');
  expect(head).toBe('[mcp_servers.breakwater]');
  const values = lines.map((line) => line.split(' = ')).map(([name, json = '']) => [name, JSON.parse(json)]);
  expect(Object.fromEntries(values)).toMatchObject({
    command: 'node',
    args: expect.arrayContaining(['serve']),
  });
});

test('the breakwater.yaml of the README is read without a complaint', () => {
  const yaml = blocks.find(({ language, text }) => language === 'yaml' && text.includes('app:'));
  expect(Object.keys(parseConfig(yaml?.text ?? ''))).toEqual(expect.arrayContaining(['app', 'dependencies']));
});
