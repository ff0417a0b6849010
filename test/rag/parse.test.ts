import { expect, test } from 'vitest';
import { LANGUAGES, type LanguageName, languageOf } from '../../src/rag/languages.ts';
import { loadLanguage, queryMatches, readLeanTree, withTree } from '../../src/rag/parse.ts';

const NAMES = Object.keys(LANGUAGES) as LanguageName[];

test.each(NAMES)('the grammar of %s loads and gives a root', async (language) => {
  expect(await withTree(language, '', (root) => root.childCount)).toBe(0);
});

test('a match keeps the captures that belong together, in the order of the text', async () => {
  const grammar = await loadLanguage('javascript');
  const source = '(call_expression function: (identifier) @callee arguments: (arguments (number) @size))';
  const seen = await withTree('javascript', 'f(1); g(2);', (root) =>
    queryMatches(grammar, source, root).map((match) => [match.callee?.text, match.size?.text]),
  );
  expect(seen).toEqual([
    ['f', '1'],
    ['g', '2'],
  ]);
});

test('what `read` throws comes out, and the next parse works', async () => {
  await expect(
    withTree('go', 'package a', () => {
      throw new RangeError('planted');
    }),
  ).rejects.toThrow('planted');
  expect(await withTree('go', 'package a', (root) => root.type)).toBe('source_file');
});

test('a lean tree has the named nodes with fields and text', async () => {
  const root = await readLeanTree('python', 'x = f("é😀", 2)\ny = 3\n');
  const assignments = root!.children.map((statement) => statement.children[0]!);
  expect(assignments.map((node) => [node.child('left')?.text, node.child('right')?.text])).toEqual([
    ['x', 'f("é😀", 2)'],
    ['y', '3'],
  ]);
});

test('a broken file still gives what can be read', async () => {
  const root = await readLeanTree('typescript', 'function good() {}\nlet x = 1 +* 2;\nfunction also() {}\n');
  expect(root!.children.filter((node) => node.type === 'function_declaration')).toHaveLength(2);
});

test('a file nested deeper than people write gives no lean tree', async () => {
  expect(await readLeanTree('javascript', `x = ${'['.repeat(2000)}${']'.repeat(2000)}`)).toBeNull();
});

test('a thousand trees do not fill the heap of WebAssembly', async () => {
  const text = 'const a = { b: [1, 2, 3] };\n'.repeat(1000);
  for (let i = 0; i < 300; i++) await withTree('javascript', text, () => null);
  expect(process.memoryUsage().rss).toBeLessThan(1.5e9);
});

test('a language is known by the ending of the file, whatever its case', () => {
  expect([languageOf('a/B.PY'), languageOf('x.d.ts'), languageOf('Makefile'), languageOf('a.txt')]).toEqual([
    'python',
    'typescript',
    null,
    null,
  ]);
});
