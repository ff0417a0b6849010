import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fingerprintOf,
  forgetLinkedCode,
  keepLinkedCode,
  type LinkedCode,
  recallLinkedCode,
} from '../../src/rag/linked-code.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

async function copyFixture(name: string): Promise<string> {
  const root = await makeTempFolder();
  await cp(fixture(name), root, { recursive: true });
  return root;
}

async function routesOf(root: string, state: string) {
  const index = await indexFolder(root, join(root, '.breakwater', state));
  index.close();
  return index.routes;
}

test('routes are the same objects while nothing changes', async () => {
  const root = await copyFixture('express');
  expect(await routesOf(root, 'index')).toBe(await routesOf(root, 'index'));
});

test('a handler that moves in its own file moves in the routes of other files, and back', async () => {
  const root = await copyFixture('express');
  const before = await routesOf(root, 'index');
  const file = before.find((route) => route.handler.file !== route.declaredAt.file)?.handler.file ?? '';
  const text = await readFile(join(root, file), 'utf8');
  await writeFile(join(root, file), `// one\n// two\n${text}`);
  const moved = await routesOf(root, 'index');
  const linesIn = (routes: typeof before) =>
    routes.filter((route) => route.handler.file === file).map((route) => route.handler.startLine);
  expect(linesIn(before).length).toBeGreaterThan(0);
  expect(linesIn(moved)).toEqual(linesIn(before).map((line) => line + 2));
  await writeFile(join(root, file), text);
  expect(await routesOf(root, 'index')).toEqual(before);
});

test('what was linked longest ago goes when memory gets short; the last always stays', () => {
  forgetLinkedCode();
  const linked = (heapBytes: number) => ({ heapBytes }) as LinkedCode;
  const kept = () => ['a', 'b', 'c'].filter((root) => recallLinkedCode(root, 'v') !== null);
  keepLinkedCode('a', 'v', linked(40), 100);
  keepLinkedCode('b', 'v', linked(40), 100);
  expect(kept()).toEqual(['a', 'b']);
  keepLinkedCode('a', 'v', linked(40), 100);
  keepLinkedCode('c', 'v', linked(50), 100);
  expect(kept()).toEqual(['a', 'c']);
  keepLinkedCode('b', 'v', linked(500), 100);
  expect(kept()).toEqual(['b']);
  forgetLinkedCode();
});

test('code and manifests both tell workspaces apart, their order does not', () => {
  const code = new Map([
    ['a.ts', '1'],
    ['b.ts', '2'],
  ]);
  const manifests = new Map([['package.json', '{}']]);
  const fingerprint = fingerprintOf(code, manifests);
  expect(fingerprintOf(new Map([...code].reverse()), manifests)).toBe(fingerprint);
  expect(fingerprintOf(new Map([...code, ['b.ts', '3']]), manifests)).not.toBe(fingerprint);
  expect(fingerprintOf(code, new Map([['package.json', '{ }']]))).not.toBe(fingerprint);
});
