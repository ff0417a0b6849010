import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

type Files = Readonly<Record<string, string>>;

async function usesOf(file: string, files: Files): Promise<readonly string[]> {
  const root = await makeTempFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const index = await indexFolder(root);
  onTestFinished(() => index.close());
  return index.findUses(file).map((use) => `${use.file}:${use.line ?? '?'}`);
}

test('modules of JavaScript and TypeScript are imported, required, loaded late and re-exported', async () => {
  const files = {
    'lib/db.ts': 'export const db = 1;\n',
    'a.ts': "// first\nimport { db } from './lib/db.js';\n",
    'b.js': "\n\nconst { db } = require('./lib/db');\n",
    'c.js': "export async function late() {\n  return import('./lib/db.ts');\n}\n",
    'd.ts': "export * from './lib/db';\n",
    'lib/other.ts': "import { db } from './dbs.js';\n",
  };
  expect(await usesOf('lib/db.ts', files)).toEqual(['a.ts:2', 'b.js:3', 'c.js:2', 'd.ts:?']);
});

test('modules of Python are imported by dots, by name and from their package', async () => {
  const files = {
    'shop/__init__.py': '',
    'shop/db.py': 'def connect():\n    return 1\n',
    'shop/a.py': 'import os\nfrom .db import connect\n',
    'shop/b.py': 'from . import db\n',
    'shop/c.py': 'import shop.db\n\nshop.db.connect()\n',
    'main.py': 'from shop import db\n',
    'shop/d.py': 'from shop import dbs\nfrom .dbm import connect\n',
  };
  expect(await usesOf('shop/db.py', files)).toEqual([
    'main.py:1',
    'shop/a.py:2',
    'shop/b.py:1',
    'shop/c.py:3',
  ]);
});

const GO = {
  'go.mod': 'module example.com/shop\n',
  'store/store.go': 'package store\n\nfunc Open() int { return 1 }\n',
  'main.go': 'package main\n\nimport "example.com/shop/store"\n\nfunc main() {\n\tstore.Open()\n}\n',
  'pure.go': 'package main\n\nfunc pure() {}\n',
};

test('a package of Go needs its last file, and what is called of one of many', async () => {
  expect(await usesOf('store/store.go', GO)).toEqual(['main.go:3']);
  const two = { ...GO, 'store/keys.go': 'package store\n\nfunc Key() int { return Open() }\n' };
  expect(await usesOf('store/store.go', two)).toEqual(['main.go:6', 'store/keys.go:3']);
  expect(await usesOf('pure.go', GO)).toEqual([]);
});

test('classes of Java are imported, or called without it in their package', async () => {
  const files = {
    'src/shop/Orders.java':
      'package shop;\npublic class Orders { public static int count() { return 1; } }\n',
    'src/api/Api.java': 'package api;\nimport shop.Orders;\npublic class Api {}\n',
    'src/shop/Near.java': 'package shop;\npublic class Near {\n  int all() { return Orders.count(); }\n}\n',
    'src/far/Far.java': 'package far;\nimport other.Orders;\npublic class Far {}\n',
  };
  expect(await usesOf('src/shop/Orders.java', files)).toEqual(['src/api/Api.java:2', 'src/shop/Near.java:3']);
});

test('a file that the index does not know is used by none', async () => {
  expect(await usesOf('notes.txt', GO)).toEqual([]);
});
