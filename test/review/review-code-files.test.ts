import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { listPageModules } from '../../src/review/syntax/page-modules.ts';
import { memoryIndex } from './memory-index.ts';

const PANEL = "'use client';\nimport { close } from '@/lib/orders';\nexport const Panel = () => close(1);\n";
const CLOSE = 'export const close = (url) => fetch(url);\n';

describe('modules of a page', () => {
  test.each([
    ['an alias', { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE }],
    ['an alias for a folder of sources', { 'web/panel.tsx': PANEL, 'web/src/lib/orders.ts': CLOSE }],
    [
      'the name of a package of the workspace',
      {
        'apps/web/panel.tsx':
          "import { close } from '@shop/lib/orders';\nexport const P = () => usePanel(close);\n",
        'packages/lib/src/orders.ts': CLOSE,
      },
    ],
    [
      'a relative path to an index, by way of another module',
      {
        'web/panel.tsx': "import { go } from './go.js';\nconst [a] = useState<number>(0);\n",
        'web/go.ts': "export * from './lib';\n",
        'web/lib/index.ts': CLOSE,
      },
    ],
  ])('are found through %s', (_name, files) => {
    expect([...listPageModules(new Map(Object.entries(files)))].sort()).toEqual(Object.keys(files).sort());
  });

  test.each([
    ['a route imports it as well', { 'web/api/route.ts': "import { close } from '../lib/orders';\n" }],
    ['it knows a secret', { 'web/lib/orders.ts': `const key = process.env.API_KEY;\n${CLOSE}` }],
    ['it is for servers only', { 'web/lib/orders.ts': `import 'server-only';\n${CLOSE}` }],
  ])('are not what a page imports when %s', (_name, more) => {
    const files = { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE, ...more };
    expect([...listPageModules(new Map(Object.entries(files)))]).toEqual(['web/panel.tsx']);
  });

  test('a file that nobody imports is none', () => {
    expect(listPageModules(new Map([['lib/orders.ts', CLOSE]])).size).toBe(0);
  });
});

async function findingsIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const rules = pickRules([
    'js-fetch-without-timeout',
    'go-server-without-timeouts',
    'js-fastify-without-request-timeout',
    'python-http-call-without-timeout',
  ]);
  const { hits } = await reviewFiles(memoryIndex(files), rules, deps);
  return hits.map(({ file }) => file);
}

describe('a review', () => {
  test('leaves the modules of a page alone, until a route imports them', async () => {
    const files = { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE };
    expect(await findingsIn(files)).toEqual([]);
    const route = { 'web/api/route.ts': "import { close } from '@/lib/orders';\n" };
    expect(await findingsIn({ ...files, ...route })).toEqual(['web/lib/orders.ts']);
  });

  test('takes a path in a name, or at the start of a template, for the work of a page', async () => {
    const fetches = (target: string) =>
      `const api = '/orders';\nexport const a = (id) => fetch(${target});\n`;
    expect(await findingsIn({ 'a.ts': fetches('`$' + '{api}/$' + '{id}`') })).toEqual([]);
    expect(await findingsIn({ 'a.ts': fetches('host + api') })).toEqual(['a.ts']);
  });

  test('knows a server that another file starts', async () => {
    const app = "import fastify from 'fastify';\nexport const build = () => fastify();\n";
    expect(await findingsIn({ 'src/app.ts': app })).toEqual([]);
    const server = "import { build } from './app.js';\nawait build().listen({ port });\n";
    expect(await findingsIn({ 'src/app.ts': app, 'src/server.ts': server })).toEqual(['src/app.ts']);
  });

  test('leaves Python files out that are run by hand, or that are templates', async () => {
    const call = 'import requests\nrequests.get(url)\n';
    expect(await findingsIn({ 'a.py': call, 'b.py': `import sys\nurl = sys.argv[1]\n${call}` })).toEqual([
      'a.py',
    ]);
    expect(await findingsIn({ 'c.py': `{% block content %}\n${call}{% endblock %}\n` })).toEqual([]);
  });

  test('leaves Go files out that no build takes in', async () => {
    const code = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":80", nil) }\n';
    expect(await findingsIn({ 'a.go': code, 'b.go': `//go:build ignore\n\n${code}` })).toEqual(['a.go']);
    expect(await findingsIn({ 'c.go': `// +build ignore\n\n${code}` })).toEqual([]);
  });
});
