import { describe, expect, test } from 'vitest';
import { applyForReal, type Files, propose, refusal } from './patching.ts';

const long = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`);
const text = `${long.join('\n')}\n`;

interface Case {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
}

const cases: readonly Case[] = [
  {
    name: 'one changed line',
    before: { 'a.txt': text },
    after: { 'a.txt': text.replace('line 20', 'l. 20') },
  },
  {
    name: 'two hunks far apart',
    before: { 'src/deep/a.txt': text },
    after: {
      'src/deep/a.txt': text.replace('line 3\n', '').replace('line 35', 'line 35\nline 35 and a half'),
    },
  },
  {
    name: 'CRLF line breaks',
    before: { 'a.txt': text.replaceAll('\n', '\r\n') },
    after: { 'a.txt': text.replace('line 20', 'twenty').replaceAll('\n', '\r\n') },
  },
  { name: 'no newline at the end', before: { 'a.txt': 'one\ntwo' }, after: { 'a.txt': 'one\nzwei' } },
  { name: 'a newline at the end added', before: { 'a.txt': 'one\ntwo' }, after: { 'a.txt': 'one\ntwo\n' } },
  { name: 'tabs', before: { Makefile: 'all:\n\techo a\n' }, after: { Makefile: 'all:\n\techo b\t\n' } },
  {
    name: 'Unicode in text and name',
    before: { 'größe ☂.txt': 'ä\n🌊\n' },
    after: { 'größe ☂.txt': 'ä\n🌊🌊\n' },
  },
  { name: 'a space in the name', before: { 'my file.txt': 'a\n' }, after: { 'my file.txt': 'b\n' } },
  { name: 'a new file', before: { 'a.txt': 'a\n' }, after: { 'a.txt': 'a\n', 'new/b.txt': 'b\nc' } },
  { name: 'a file filled that was empty', before: { 'a.txt': '' }, after: { 'a.txt': 'a\n' } },
  {
    name: 'lines that look like diff headers',
    before: { 'a.sql': '-- x\nb\n' },
    after: { 'a.sql': '++ y\nb\n' },
  },
  {
    name: 'several files',
    before: { 'b.txt': 'b\n', 'a.txt': 'a\n' },
    after: { 'b.txt': 'B\n', 'a.txt': 'A\n', 'c.txt': 'C\n' },
  },
];

describe.each(cases)('a patch with $name', ({ before, after }) => {
  const source = {
    kind: 'files',
    files: Object.entries(after).map(([file, content]) => ({ file, content })),
  } as const;

  test('is accepted by git apply and patch -p1, with the very text that was proposed', async () => {
    const patch = await propose(before, source);
    expect(applyForReal(before, patch.diff)).toEqual({ git: after, patch: after });
  });

  test('reads back as itself', async () => {
    const patch = await propose(before, source);
    const again = await propose(before, { kind: 'diff', diff: patch.diff });
    expect(again.diff).toBe(patch.diff);
    expect(again.files).toEqual(patch.files);
  });
});

test('a newline at the end is taken away by a diff that says so', async () => {
  const before = { 'a.txt': 'one\ntwo\n' };
  const diff = '--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+two\n\\ No newline at end of file\n';
  const patch = await propose(before, { kind: 'diff', diff });
  const after = { 'a.txt': 'one\ntwo' };
  expect(applyForReal(before, patch.diff)).toEqual({ git: after, patch: after });
});

test('a deletion is accepted by git apply and patch -p1', async () => {
  const before = { 'a.txt': 'a\nb\n', 'keep.txt': 'k\n' };
  const diff = '--- a/a.txt\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n';
  const patch = await propose(before, { kind: 'diff', diff });
  expect(patch.files[0]?.newText).toBeNull();
  expect(applyForReal(before, patch.diff)).toEqual({
    git: { 'keep.txt': 'k\n' },
    patch: { 'keep.txt': 'k\n' },
  });
});

test('a rename with a change is accepted, as a deletion and a new file', async () => {
  const before = { 'a.txt': text };
  const head = 'diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n--- a/a.txt\n+++ b/b.txt\n';
  const diff = `${head}@@ -1,3 +1,3 @@\n line 1\n-line 2\n+two\n line 3\n`;
  const patch = await propose(before, { kind: 'diff', diff });
  const renamed = { 'b.txt': text.replace('line 2\n', 'two\n') };
  expect(applyForReal(before, patch.diff)).toEqual({ git: renamed, patch: renamed });
});

test('a renamed script may lose its mode, and a note says so', async () => {
  const rename = 'diff --git a/run.sh b/go.sh\nsimilarity index 100%\nrename from run.sh\nrename to go.sh\n';
  const script = await propose({ 'run.sh': '#!/bin/sh\n' }, { kind: 'diff', diff: rename });
  expect(script.checks.map(({ message }) => message)).toContain(
    'go.sh is no longer executable, if run.sh was: change its mode by hand (chmod)',
  );
  const plain = await propose({ 'run.sh': 'set -e\n' }, { kind: 'diff', diff: rename });
  expect(plain.checks.filter(({ message }) => message.includes('chmod'))).toEqual([]);
});

test('a file that a diff makes and deletes is refused as such, in either order', async () => {
  const made = '--- /dev/null\n+++ b/x.txt\n@@ -0,0 +1 @@\n+x\n';
  const gone = '--- a/x.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n';
  for (const diff of [made + gone, gone + made]) {
    const { message, hint } = await refusal({}, { kind: 'diff', diff });
    expect([message, hint]).toEqual([
      'The diff makes "x.txt" and deletes it again.',
      'Leave that file out of the diff.',
    ]);
  }
});

test('a new file that is empty is accepted beside a changed one', async () => {
  const before = { 'b.txt': 'b\n' };
  const files = [
    { file: 'a/__init__.py', content: '' },
    { file: 'b.txt', content: 'B\n' },
  ];
  const patch = await propose(before, { kind: 'files', files });
  const after = { 'a/__init__.py': '', 'b.txt': 'B\n' };
  expect(applyForReal(before, patch.diff)).toEqual({ git: after, patch: after });
});
