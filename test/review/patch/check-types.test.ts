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

const STRICT = { strict: true, target: 'ES2022', module: 'NodeNext' };
/** A solution whose own tsconfig has references and no files, as tools for new projects write it. */
const SOLUTION = {
  'tsconfig.json': JSON.stringify({
    files: [],
    references: [
      { path: './tsconfig.tools.json' },
      { path: './tsconfig.app.json' },
      { path: './gone' },
      { path: '..' },
    ],
  }),
  'tsconfig.tools.json': JSON.stringify({ compilerOptions: { ...STRICT, strict: false }, include: ['*.ts'] }),
  'tsconfig.app.json': JSON.stringify({
    compilerOptions: { ...STRICT, paths: { '@/*': ['./app/src/*'] } },
    include: ['app/src'],
  }),
  'app/src/limit.ts': LIMIT,
};
const LOOSE = 'export const twice = (a) => a + a;\n';

test('a file is checked by the project of a solution that owns it, a new one by that of its neighbours', async () => {
  const files = { ...SOLUTION, 'build.ts': '' };
  expect((await check(files, change('', LOOSE, 'build.ts')))[0]?.message).toContain('without new errors');
  await expect(check(files, change(LIMIT, LOOSE, 'app/src/limit.ts'))).rejects.toThrow('line 1');
  await expect(check(files, change(null, LOOSE, 'app/src/more/new.ts'))).rejects.toThrow('line 1');
});

test('an alias of the owning project is followed', async () => {
  const uses = "import { limitMs } from '@/limit.js';\nexport const text: string = limitMs;\n";
  const files = { ...SOLUTION, 'app/src/uses.ts': '' };
  await expect(check(files, change('', uses, 'app/src/uses.ts'))).rejects.toMatchObject({
    details: { line: 2, error: expect.stringContaining("'number' is not assignable to type 'string'") },
  });
});

test('a file that imports the patched one must hold too, whatever was wrong with it before', async () => {
  const uses = "import { limitMs } from './lib/index.js';\nexport const later: number = limitMs + 1;\n";
  const wrong = "import { limitMs } from './lib/index.js';\nexport const text: string = limitMs;\n";
  const files = { 'tsconfig.json': CONFIG, 'src/lib/index.ts': LIMIT, 'src/wrong.ts': wrong };
  const renamed = change(LIMIT, LIMIT.replace('limitMs', 'limitSeconds'), 'src/lib/index.ts');
  const sharper = change(LIMIT, LIMIT.replace('5', '6'), 'src/lib/index.ts');
  expect((await check(files, sharper))[0]?.message).toBe(
    '1 file(s), and 1 that import(s) them, without new errors of the TypeScript compiler',
  );
  await expect(check({ ...files, 'src/uses.ts': uses }, renamed)).rejects.toMatchObject({
    code: 'PATCH_INVALID',
    message: expect.stringContaining(
      'src/uses.ts", which it leaves as it is, has a new TypeScript error in line 1',
    ),
  });
});
