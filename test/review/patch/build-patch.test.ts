import { describe, expect, test } from 'vitest';
import { cleanse } from '../../../src/policy.ts';
import { checkPatchFresh } from '../../../src/review/patch/build-patch.ts';
import { hashText } from '../../../src/review/patch/text-lines.ts';
import type { Edit } from '../../../src/types-code.ts';
import { propose, refusal } from './patching.ts';

const files = { 'a.js': 'one();\ntwo();\nthree();\n', 'b.py': 'a = 1\n' };

function edit(file: string, startOffset: number, endOffset: number, text: string): Edit {
  return { file, startOffset, endOffset, text };
}

describe('edits', () => {
  test('are done together, in any order', async () => {
    const edits = [edit('a.js', 7, 10, 'zwei'), edit('a.js', 0, 3, 'eins')];
    const patch = await propose(files, { kind: 'edits', edits });
    expect(patch.files).toEqual([
      { file: 'a.js', baseSha256: hashText(files['a.js']), newText: 'eins();\nzwei();\nthree();\n' },
    ]);
    expect(patch.sha256).toBe(hashText(patch.diff));
  });

  test('that overlap are refused with the line', async () => {
    const edits = [edit('a.js', 0, 8, 'x'), edit('a.js', 7, 10, 'y')];
    const error = await refusal(files, { kind: 'edits', edits });
    expect(error.message).toBe('Two edits of "a.js" overlap at line 2.');
  });

  test('that touch end to end are no overlap', async () => {
    const edits = [edit('a.js', 0, 3, 'x'), edit('a.js', 3, 5, '(1)')];
    expect((await propose(files, { kind: 'edits', edits })).files[0]?.newText).toMatch(/^x\(1\);/);
  });

  test('given twice are done once', async () => {
    const edits = [edit('b.py', 0, 0, 'import asyncio\n'), edit('b.py', 0, 0, 'import asyncio\n')];
    const patch = await propose(files, { kind: 'edits', edits });
    expect(patch.files[0]?.newText).toBe('import asyncio\na = 1\n');
  });

  test('of a file that changed since its review are refused as stale', async () => {
    const base = { 'a.js': hashText('another text') };
    const error = await refusal(files, { kind: 'edits', edits: [edit('a.js', 0, 3, 'x')], base });
    expect(error.code).toBe('PATCH_STALE');
  });
});

describe('blocks', () => {
  const block = (search: string, replace: string) =>
    ({ kind: 'blocks', blocks: [{ file: 'a.js', search, replace }] }) as const;

  test('replace text within a line', async () => {
    const patch = await propose(files, block('two', 'zwei'));
    expect(patch.files[0]?.newText).toBe('one();\nzwei();\nthree();\n');
  });

  test('fit by whole lines when only white space at line ends differs', async () => {
    const patch = await propose(files, block('one();  \ntwo();', 'both();'));
    expect(patch.files[0]?.newText).toBe('both();\nthree();\n');
  });

  test('keep the line breaks of a CRLF file', async () => {
    const crlf = { 'a.js': 'one();\r\ntwo();\r\n' };
    const patch = await propose(crlf, block('one();\ntwo();\n', '1;\n2;\n'));
    expect(patch.files[0]?.newText).toBe('1;\r\n2;\r\n');
  });

  test('that fit at several places are refused with the lines', async () => {
    const error = await refusal(files, block('();', ';'));
    expect(error.message).toBe('Block 1 for "a.js" fits at 3 places: lines 1, 2, 3.');
  });

  test('that fit nowhere are refused with the nearest text', async () => {
    const error = await refusal(files, block('threee();', 'x'));
    expect(error.details).toMatchObject({ line: 3, seen: 'three();' });
  });
});

describe('the patched files', () => {
  test.each([
    ['a.js', 'one(;\n'],
    ['b.py', 'def f(:\n'],
    ['package.json', '{"a": }'],
    ['c.yaml', 'a: [1\n'],
  ])('must parse: %s', async (file, content) => {
    const error = await refusal(files, { kind: 'files', files: [{ file, content }] });
    expect(error.code).toBe('PATCH_INVALID');
    expect(error.message).toMatch(/does not parse: line 1|is not valid (JSON|YAML)/);
  });

  test('may keep a syntax error that was there before', async () => {
    const broken = { 'a.js': 'let = = ;\none();\n' };
    const blocks = [{ file: 'a.js', search: 'one', replace: 'two' }];
    const patch = await propose(broken, { kind: 'blocks', blocks });
    expect(patch.files[0]?.newText).toContain('two();');
  });

  test('of an unknown language are noted as not parsed', async () => {
    const patch = await propose({}, { kind: 'files', files: [{ file: 'x.zig', content: 'a' }] });
    expect(patch.checks.at(-1)?.message).toBe('x.zig was not parsed: no grammar for it');
  });

  test('that decide what runs are named', async () => {
    const source = { kind: 'files', files: [{ file: 'package.json', content: '{}\n' }] } as const;
    const patch = await propose({ 'package.json': '{"a":1}\n' }, source);
    expect(patch.checks.find((check) => check.name === 'sensitive_files')?.message).toMatch(/package\.json$/);
  });
});

test.each([
  '../a.js',
  'src/../../a.js',
  '/etc/passwd',
  'C:\\a.js',
  'C:/a.js',
  '..\\a.js',
  '.git/hooks/pre-commit',
  'sub/.GIT/config',
  '.breakwater/runs/x',
  '~/.bashrc',
  'a\0b',
  '',
])('a patch for %j is refused', async (file) => {
  const error = await refusal({}, { kind: 'files', files: [{ file, content: 'x' }] });
  expect(error.code).toBe('PATH_NOT_ALLOWED');
});

test.each(['.github/workflows/ci.txt', '.gitignore', 'src/.git-blame', 'a..b/c.txt'])(
  'a patch for %j is not refused for its path',
  async (file) => {
    const patch = await propose({}, { kind: 'files', files: [{ file, content: 'x\n' }] });
    expect(patch.files[0]?.file).toBe(file);
  },
);

test('a diff that climbs out is refused', async () => {
  const diff = '--- a/../../x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n';
  expect((await refusal({}, { kind: 'diff', diff })).code).toBe('PATH_NOT_ALLOWED');
});

test('the reason of a refusal is not masked as if the path before it named a secret', async () => {
  const source = { kind: 'files', files: [{ file: '../../etc/passwd', content: 'x' }] } as const;
  const { message } = await refusal({}, source);
  expect(cleanse(message)).toBe(message);
  expect(message).toMatch(/it climbs out of the workspace/);
});

test('a patch that changes nothing is refused', async () => {
  const source = { kind: 'files', files: [{ file: 'b.py', content: 'a = 1\n' }] } as const;
  expect((await refusal(files, source)).message).toMatch(/^The patch changes nothing/);
});

test('a file with a NUL is refused as binary', async () => {
  const source = { kind: 'files', files: [{ file: 'a.bin', content: 'a\0b' }] } as const;
  expect((await refusal({}, source)).message).toMatch(/binary/);
});

test('a patch is stale once one of its files changed, and not before', async () => {
  const patch = await propose(files, { kind: 'edits', edits: [edit('a.js', 0, 3, 'x')] });
  await expect(checkPatchFresh(patch, async () => files['a.js'])).resolves.toBeUndefined();
  await expect(checkPatchFresh(patch, async () => 'changed')).rejects.toMatchObject({ code: 'PATCH_STALE' });
});

test('a file with a byte order mark keeps it when its whole text is given without', async () => {
  const content = 'export const a = 2;\n';
  const patch = await propose(
    { 'a.js': '\uFEFFexport const a = 1;\n' },
    { kind: 'files', files: [{ file: 'a.js', content }] },
  );
  expect(patch.files[0]?.newText).toBe(`\uFEFF${content}`);
  expect(patch.checks.map(({ message }) => message)).toContain('a.js keeps its byte order mark');
});

test('a block that fits only what an earlier block puts there is told so', async () => {
  const blocks = [
    { file: 'a.js', search: 'const a = 1;', replace: 'const a = 5;' },
    { file: 'a.js', search: 'const a = 5;', replace: 'const a = 6;' },
  ];
  const { message, hint } = await refusal({ 'a.js': 'const a = 1;\n' }, { kind: 'blocks', blocks });
  expect(message).toBe('Block 2 for "a.js" fits only what an earlier block would put there.');
  expect(hint).toContain('make one block of the two');
});
