import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import type { FindUses } from '../../../src/review/patch/check-uses.ts';
import { type Files, propose } from './patching.ts';

const FILES: Files = {
  'db.py': 'def connect():\n    return 1\n',
  'a.py': 'import os\nfrom db import connect\n',
  'b.py': 'from db import connect\n',
};
const byBoth: FindUses = async () => [
  [
    { file: 'a.py', line: 2 },
    { file: 'b.py', line: 1 },
  ],
];
const DELETED = `--- a/db.py
+++ /dev/null
@@ -1,2 +0,0 @@
-def connect():
-    return 1
`;
const RENAMED =
  'diff --git a/db.py b/store.py\nsimilarity index 100%\nrename from db.py\nrename to store.py\n';

async function hintOf(diff: string, findUses: FindUses = byBoth): Promise<string | null> {
  const { checks } = await propose(FILES, { kind: 'diff', diff }, findUses);
  return checks.find(({ name }) => name === 'uses')?.message ?? null;
}

const change = (file: string, from: string, to: string) =>
  `--- a/${file}\n+++ b/${file}\n@@ -1,1 +1,1 @@\n-${from}\n+${to}\n`;

test.each([DELETED, RENAMED])(
  'files that go on to use what is deleted or renamed are named',
  async (diff) => {
    expect(await hintOf(diff)).toBe(
      'deleted and still used: db.py by a.py:2, b.py:1; change them in the same patch',
    );
  },
);

test('a file that the patch frees of its import is not named, nor one that is deleted as well', async () => {
  const freed = `${DELETED}${change('b.py', 'from db import connect', 'from store import connect')}`;
  expect(await hintOf(freed)).toMatch(/db\.py by a\.py:2;/);
  const all = `${freed}--- a/a.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-import os\n-from db import connect\n`;
  expect(await hintOf(all)).toBeNull();
});

test('a file that is changed elsewhere still uses what is deleted', async () => {
  expect(await hintOf(`${DELETED}${change('a.py', 'import os', 'import sys')}`)).toMatch(
    /by a\.py:2, b\.py:1;/,
  );
});

test('a package in the place of the module is no deletion', async () => {
  const made = '--- /dev/null\n+++ b/db/__init__.py\n@@ -0,0 +1,2 @@\n+def connect():\n+    return 2\n';
  expect(await hintOf(`${DELETED}${made}`)).toBeNull();
});

test('the index is not asked without a deletion, and one that cannot be read refuses nothing', async () => {
  const broken: FindUses = async () => {
    throw new AppError('STORAGE_FAILED', 'The index could not be read.');
  };
  expect(await hintOf(change('a.py', 'import os', 'import sys'), broken)).toBeNull();
  expect(await hintOf(DELETED, broken)).toMatch(/were not looked for: The index could not be read\./);
});
