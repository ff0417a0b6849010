import { expect, test } from 'vitest';
import { readYaml, writeYaml } from '../src/yaml.ts';

test('all documents of a text are read, empty ones left out', () => {
  const documents = readYaml('---\na: 1\n---\n---\nb: 2\n', 'x.yaml');
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }]);
});

test('a value and a key are found with line and column, in the second document too', () => {
  const [, second] = readYaml('a: 1\n---\nitems:\n  - call:\n      method: GET\n', 'x.yaml');
  expect(second?.locate(['items', 0, 'call', 'method'])).toEqual({ line: 5, column: 15 });
  expect(second?.locate(['items', 0, 'call', 'method'], 'key')).toEqual({ line: 5, column: 7 });
});

test('what is absent is located at its nearest parent', () => {
  const [document] = readYaml('a:\n  b: 1\n', 'x.yaml');
  expect(document?.locate(['a', 'c'])).toEqual({ line: 2, column: 3 });
});

test('broken YAML is refused with the place', () => {
  expect(() => readYaml('a: [1, 2\nb: 3\n', 'x.yaml')).toThrow(/^x\.yaml:\d+:\d+: this is not valid YAML/);
});

test('a bomb of aliases is refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`).join(',')}]`),
  ].join('\n');
  expect(() => readYaml(bomb, 'x.yaml')).toThrow(/aliases cannot be resolved/);
});

test('what is written is read back', () => {
  const value = { title: "it's 5 %: fine", list: [1, 'yes', null, { a: 'line\nbreak' }] };
  expect(readYaml(writeYaml(value), 'x.yaml')[0]?.value).toEqual(value);
});
