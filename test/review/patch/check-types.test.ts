import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkTypes } from '../../../src/review/patch/check-types.ts';
import type { TextChange } from '../../../src/review/patch/write-diff.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';

const CONFIG = JSON.stringify({ compilerOptions: { strict: true, target: 'ES2022', module: 'NodeNext' } });

async function check(files: Readonly<Record<string, string>>, ...changes: readonly TextChange[]) {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return checkTypes(root, changes, new AbortController().signal);
}

const change = (oldText: string | null, newText: string | null, file = 'src/a.ts') => ({
  file,
  oldText,
  newText,
});
const LIMIT = 'export const limitMs: number = 5;\n';

test('a patch whose types hold is said to', async () => {
  const [result] = await check({ 'tsconfig.json': CONFIG }, change(LIMIT, LIMIT.replace('5', '6')));
  expect(result).toEqual({
    name: 'types',
    ok: true,
    message: '1 file(s) without new errors of the TypeScript compiler',
  });
});

test('a new error is refused with its line', async () => {
  const broken = check({ 'tsconfig.json': CONFIG }, change(LIMIT, `\n${LIMIT.replace('5', "'5 s'")}`));
  await expect(broken).rejects.toMatchObject({
    code: 'PATCH_INVALID',
    message: expect.stringContaining('line 2'),
    details: { error: expect.stringContaining("'string' is not assignable to type 'number'") },
  });
});

test('errors that were there before are forgiven, also when they move', async () => {
  const old = "export const a: number = 'x';\n";
  const [result] = await check({ 'tsconfig.json': CONFIG }, change(old, `// a line more\n${old}`));
  expect(result?.message).toContain('without new errors');
});

test('files of the workspace are followed, those of the patch as it leaves them', async () => {
  const files = { 'tsconfig.json': CONFIG, 'src/b.ts': "export const name = 'b';\n" };
  const uses = "import { name } from './b.js';\nexport const length: number = name;\n";
  await expect(check(files, change('', uses))).rejects.toThrow('line 2');
  const both = check(
    files,
    change('', uses),
    change(files['src/b.ts'], 'export const name = 3;\n', 'src/b.ts'),
  );
  expect((await both)[0]?.message).toContain('2 file(s)');
});

test('where packages are not installed, nothing is claimed', async () => {
  const code = "import { get } from 'not-installed';\nexport const a: number = get();\n";
  const [result] = await check(
    { 'tsconfig.json': CONFIG },
    change(code, code.replace('a: number', 'a: string')),
  );
  expect(result?.message).toContain('not checked in src/a.ts');
});

test('only TypeScript is looked at, and a deleted file is not', async () => {
  expect(await check({}, change('a', 'b', 'src/a.js'), change('a', null))).toEqual([]);
});

test('a declaration file of the project counts, and so does a package that the patch adds', async () => {
  const files = {
    'tsconfig.json': CONFIG,
    'src/shop.ts': 'export interface Order { readonly id: string }\n',
    'src/more.d.ts':
      "import './shop.js';\ndeclare module './shop.js' {\n  interface Order { readonly paid: boolean }\n}\n",
    'node_modules/left/package.json': '{}',
  };
  const uses =
    "import type { Order } from './shop.js';\nexport const paid = (order: Order): boolean => order.paid;\n";
  expect((await check(files, change('', uses)))[0]?.message).toContain('without new errors');
  const imports = change('', "import { limit } from 'p-limit';\nexport const two = limit(2);\n");
  await expect(check(files, imports)).rejects.toThrow('line 1');
  const manifest = change('{}', '{ "dependencies": { "p-limit": "6" } }', 'package.json');
  expect((await check(files, imports, manifest))[0]?.message).toContain('not checked in src/a.ts');
});
