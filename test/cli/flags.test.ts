import { Command } from 'commander';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { makeFlags, readFaultFlag } from '../../src/cli/flags.ts';

test.each([
  ['blackhole', { type: 'blackhole' }],
  ['latency:mean=300,stddev=50', { type: 'latency', mean: 300, stddev: 50 }],
  ['httperror:status_code=503,probability=0.2', { type: 'httperror', status_code: 503, probability: 0.2 }],
  [
    'latency:mean=100,period=start:10%,duration:5s',
    { type: 'latency', mean: 100, period: 'start:10%,duration:5s' },
  ],
  ['latency:global=false', { type: 'latency', global: false }],
  ['{"type":"jitter","amplitude":80}', { type: 'jitter', amplitude: 80 }],
])('the fault %s is read', (text, fault) => {
  expect(readFaultFlag(text)).toEqual(fault);
});

test('broken JSON is refused with what was seen', () => {
  expect(() => readFaultFlag('{"type"')).toThrow(/Expected JSON, got/);
});

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
