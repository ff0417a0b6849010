import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

async function indexText(files: Readonly<Record<string, string>>) {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text);
  return indexFolder(root);
}

test('names, types, calls and prefixes that lead back to themselves come to an end', async () => {
  const index = await indexText({
    'app.py': [
      'from fastapi import APIRouter, FastAPI',
      'PREFIX = "/a"',
      'PREFIX = PREFIX + "/b"',
      'T = list["T"] | dict[str, "T"]',
      'def again(x: T): return again(x)',
      'a, b = again(1)',
      'app = FastAPI()',
      'router = APIRouter(prefix=PREFIX)',
      'router.include_router(router)',
      'app.include_router(router)',
      '@router.get("/x")',
      'def x(): return again(a).b.c(b)',
    ].join('\n'),
    'loop.ts': [
      "export * from './loop';",
      'type Json = { [key: string]: Json } | Json[];',
      'const o: Json = { ...o, f: () => o.f() };',
      'export const a = () => a()().b;',
    ].join('\n'),
  });
  expect(index.routes.length).toBeGreaterThan(0);
  expect(index.listClients(null)).toEqual([]);
  expect(index.findCallees({ file: 'app.py', startLine: 11, endLine: 12 }, 3).map((s) => s.name)).toContain(
    'again',
  );
  index.close();
});

test('a long chain of calls takes no exponential time', async () => {
  const chain = `export const v = start()${'.next((x) => x)'.repeat(60)};\nfunction start() { return start; }\n`;
  const index = await indexText({ 'chain.ts': chain });
  expect(index.listClients({ file: 'chain.ts', startLine: 1, endLine: 1 })).toEqual([]);
  index.close();
});

test('routes of two applications in one workspace keep their own prefixes', async () => {
  const app = (prefix: string) =>
    `const express = require('express');\nconst app = express();\napp.get('${prefix}/health', (req, res) => res.end());\n`;
  const index = await indexText({ 'one.js': app('/one'), 'two.js': app('/two') });
  expect(index.routes.map((route) => [route.path, route.handler.file])).toEqual([
    ['/one/health', 'one.js'],
    ['/two/health', 'two.js'],
  ]);
  index.close();
});

test('an application that a test puts together answers no operation beside a real one', async () => {
  const app = (path: string) =>
    `import express from 'express';\nexpress().get('${path}', (req, res) => res.end());\n`;
  const both = await indexText({ 'app.js': app('/real'), 'app.test.js': app('/planted') });
  expect(both.routes.map((route) => route.path)).toEqual(['/real']);
  both.close();
  const alone = await indexText({ 'app.test.js': app('/planted') });
  expect(alone.routes.map((route) => route.path)).toEqual(['/planted']);
  alone.close();
});
