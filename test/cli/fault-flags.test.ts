import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addFaultFlags } from '../../src/cli/fault-flags.ts';
import { FAULTS } from '../../src/proxy/faults/index.ts';

function parse(...words: string[]) {
  const command = new Command().exitOverride().argument('[mappings...]').option('--faults <faults...>');
  const faults = addFaultFlags(command);
  command.parse(words, { from: 'user' });
  return { faults: faults().faults, mappings: command.args };
}

test('each fault has a flag, those with a main key take its value', () => {
  const words = FAULTS.flatMap(({ type, mainKey }) => [
    `--${type.replaceAll('_', '-')}`,
    ...(mainKey === null ? [] : ['1']),
  ]);
  expect(parse(...words).faults).toEqual(
    FAULTS.map(({ type, mainKey }) => (mainKey === null ? type : `${type}:1`)),
  );
});

test('faults stand in the order of the command line, and mappings are left alone', () => {
  expect(
    parse(
      '80=http://x',
      '--bandwidth',
      '64KBps',
      '--refuse',
      '81=http://y',
      '--faults',
      'reset',
      'dns',
      '--latency',
      '80ms',
    ),
  ).toEqual({
    faults: ['bandwidth:64KBps', 'refuse', 'reset', 'dns', 'latency:80ms'],
    mappings: ['80=http://x', '81=http://y'],
  });
});

test('a fault without a main value takes pairs, and no mapping', () => {
  expect(
    parse(
      '--reset',
      'after_bytes=4096,probability=20%',
      '80=http://x',
      '--blackhole',
      '81=http://y',
      '--close=delay=5',
    ),
  ).toEqual({
    faults: ['reset:after_bytes=4096,probability=20%', 'blackhole', 'close:delay=5'],
    mappings: ['80=http://x', '81=http://y'],
  });
});

test('without any, the argument is left out', () => {
  expect(parse('80=http://x').faults).toBeUndefined();
});
