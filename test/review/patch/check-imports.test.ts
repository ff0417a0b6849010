import { expect, test } from 'vitest';
import { type Files, propose } from './patching.ts';

const hintOf = async (files: Files, patched: Files) => {
  const list = Object.entries(patched).map(([file, content]) => ({ file, content }));
  const { checks } = await propose(files, { kind: 'files', files: list });
  return checks.find(({ name }) => name === 'imports')?.message ?? null;
};
const manifest = '{ "dependencies": { "express": "5.0.0", "@scope/kit": "1.0.0" } }\n';
const code = "import express from 'express';\n";

test('a package that the patch imports and no manifest declares is named', async () => {
  const files = { 'package.json': manifest, 'src/a.js': code };
  const patched = `import retry from 'p-retry';\n${code}`;
  expect(await hintOf(files, { 'src/a.js': patched })).toMatch(
    /^no manifest declares what is imported: p-retry in src\/a\.js; add it in the same patch/,
  );
  const both = {
    'src/a.js': patched,
    'package.json': manifest.replace('{ "express"', '{ "p-retry": "7.0.0", "express"'),
  };
  expect(await hintOf(files, both)).toBeNull();
});

test.each([
  "import { setTimeout } from 'node:timers/promises';",
  "import fs from 'fs/promises';",
  "import { wait } from './wait.js';",
  "import { part } from '@scope/kit/part';",
  "import { own } from '#own';",
  "import { text } from '@/text';",
])('%s needs no new entry', async (line) => {
  const files = { 'package.json': manifest, 'src/a.js': code };
  expect(await hintOf(files, { 'src/a.js': `${line}\n${code}` })).toBeNull();
});

test('what was imported before, and a project without a manifest, are left alone', async () => {
  const old = "import x from 'undeclared';\n";
  expect(await hintOf({ 'package.json': manifest, 'a.js': old }, { 'a.js': `${old}x();\n` })).toBeNull();
  expect(await hintOf({ 'a.js': code }, { 'a.js': `import x from 'p-retry';\n${code}` })).toBeNull();
});

test('in Python the packages that such fixes bring are looked for, in each manifest above the file', async () => {
  const patched = { 'api/app.py': 'from tenacity import retry\nimport prometheus_client\nimport json\n' };
  const files = { 'api/app.py': 'import json\n', 'requirements.txt': 'prometheus-client==0.20\n' };
  expect(await hintOf(files, patched)).toMatch(/imported: tenacity in api\/app\.py;/);
  expect(
    await hintOf({ ...files, 'api/pyproject.toml': 'dependencies = ["tenacity>=9"]\n' }, patched),
  ).toBeNull();
});
