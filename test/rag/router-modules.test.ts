import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

/** Routes of one file. */
async function routesOf(name: string, text: string): Promise<string[]> {
  const root = await makeTempFolder();
  await writeFile(join(root, name), text);
  const index = await indexFolder(root);
  index.close();
  return index.routes.map(({ framework, method, path }) => `${framework} ${method} ${path}`);
}

test.each([
  [
    'imported',
    "import express from 'express';\nconst app = express();\napp.get('/a', (req, res) => res.end());\n",
  ],
  ['required', "const app = require('express')();\napp.get('/a', (req, res) => res.end());\n"],
])('a router that is %s is looked for', async (_name, text) => {
  expect(await routesOf('app.js', text)).toEqual(['express GET /a']);
});

test('a map with the names of methods is no router', async () => {
  const text = "const app = new Map();\napp.get('/a', () => 1);\napp.delete('/b', () => 2);\n";
  expect(await routesOf('app.js', text)).toEqual([]);
});
