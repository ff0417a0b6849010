import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { createImportResolver } from '../../src/review/syntax/import-paths.ts';
import { memoryIndex } from './memory-index.ts';

const NAMES = [
  'apps/web/page.ts',
  'apps/web/src/lib/a.ts',
  'packages/lib/src/index.ts',
  'packages/lib/src/orders.ts',
  'packages/mail/main.js',
  'packages/mail/lib/send.js',
];
const MANIFESTS = new Map([
  ['packages/lib/package.json', '{ "name": "@shop/base", "main": "dist/index.js" }'],
  ['packages/mail/package.json', '{ "name": "mail", "main": "./main.js" }'],
  [
    'apps/web/tsconfig.json',
    '{ "compilerOptions": { "baseUrl": ".", "paths": { "#lib/*": ["src/lib/*"], "base": ["../../packages/lib/src"] } } }',
  ],
]);

test.each([
  ['./src/lib/a', 'apps/web/src/lib/a.ts'],
  ['./src/lib/a.js', 'apps/web/src/lib/a.ts'],
  ['@/lib/a', 'apps/web/src/lib/a.ts'],
  ['#lib/a', 'apps/web/src/lib/a.ts'],
  ['src/lib/a', 'apps/web/src/lib/a.ts'],
  ['base', 'packages/lib/src/index.ts'],
  ['@shop/base', 'packages/lib/src/index.ts'],
  ['@shop/base/orders', 'packages/lib/src/orders.ts'],
  ['@shop/base/dist/orders.js', 'packages/lib/src/orders.ts'],
  ['mail', 'packages/mail/main.js'],
  ['mail/lib/send', 'packages/mail/lib/send.js'],
  ['@shop/other', null],
  ['express', null],
])('a page of a workspace that imports %s means %s', (specifier, file) => {
  expect(createImportResolver(NAMES, MANIFESTS)('apps/web/page.ts', specifier)).toBe(file);
});

describe('a package of the workspace', () => {
  const files = {
    'package.json': '{}',
    'packages/base/package.json': '{ "name": "@shop/base" }',
    'packages/base/src/index.ts': "export * from './orders';\n",
    'packages/base/src/orders.ts': 'export const load = (url) => fetch(url);\nprocess.nextTick(load);\n',
    'web/page.tsx': "import { load } from '@shop/base';\nconst [a] = useState(load);\n",
    'api/server.ts': 'app.listen(80);\n',
  };
  const rules = pickRules(['js-fetch-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };

  test('that only pages import by its name is of the pages', async () => {
    expect((await reviewFiles(memoryIndex(files), rules, deps)).hits).toEqual([]);
  });

  test('that a server imports by its name is of the server', async () => {
    const server = { 'api/server.ts': "import { load } from '@shop/base';\napp.listen(80);\n" };
    const { hits } = await reviewFiles(memoryIndex({ ...files, ...server }), rules, deps);
    expect(hits.map(({ file }) => file)).toEqual(['packages/base/src/orders.ts']);
  });
});
