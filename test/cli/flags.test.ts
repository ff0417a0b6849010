import { Command } from 'commander';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { makeFlags } from '../../src/cli/flags.ts';

test('every argument of a tool becomes a flag with dashes that reads the same', () => {
  const input = z.strictObject({
    base_url: z.string().optional(),
    names: z.array(z.string()).default([]),
    headers: z.record(z.string(), z.string()).default({}),
    dry_run: z.boolean().default(false),
    seed: z.number().int().min(0).max(9).optional(),
  });
  const flags = makeFlags(input);
  const command = new Command().exitOverride();
  for (const { option } of flags) command.addOption(option);
  command.parse(
    ['--base-url', 'http://x', '--names', 'a', 'b', '--headers', 'A=b', 'C=d=e', '--dry-run', '--seed', '4'],
    { from: 'user' },
  );
  const options: Record<string, unknown> = command.opts();
  const read = Object.fromEntries(
    flags.map((flag) => [flag.argument, flag.read(options[flag.option.attributeName()])]),
  );
  expect(read).toEqual({
    base_url: 'http://x',
    names: ['a', 'b'],
    headers: { A: 'b', C: 'd=e' },
    dry_run: true,
    seed: '4',
  });
});

test('a pair without an equals sign is refused', () => {
  const [flag] = makeFlags(z.strictObject({ headers: z.record(z.string(), z.string()).default({}) }));
  expect(() => flag?.read(['Accept'])).toThrow(/Expected key=value, got "Accept"/);
});

test('an argument that is a list of objects says its form, in its help and when it is missed', () => {
  const edit = z.strictObject({ file: z.string(), search: z.string() });
  const [flag] = makeFlags(z.strictObject({ edits: z.array(edit).default([]).describe('Edits') }));
  expect(flag?.option.description).toBe('Edits; each as {"file": …, "search": …}');
  expect(flag?.read(['{"file":"a.js","search":"x"}'])).toEqual([{ file: 'a.js', search: 'x' }]);
  expect(flag?.read(['[{"file":"a.js","search":"x"},{"file":"b.js","search":"y"}]'])).toHaveLength(2);
  expect(() => flag?.read(['a.js'])).toThrow('Expected JSON such as {"file": …, "search": …}, got "a.js"');
});
