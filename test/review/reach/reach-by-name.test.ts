import { expect, test } from 'vitest';
import { readLeanTree } from '../../../src/rag/parse.ts';
import { listUnits } from '../../../src/review/reach/list-units.ts';
import { createNameReach } from '../../../src/review/reach/reach-by-name.ts';
import { readSourceText } from '../../../src/review/syntax/source-text.ts';
import { memoryIndex } from '../memory-index.ts';

type Texts = Readonly<Record<string, string>>;

async function namesOf(texts: Texts, handlerLine: number) {
  const files = await Promise.all(
    Object.entries(texts).map(async ([file, text]) => {
      const language = file.endsWith('.go') ? 'go' : 'javascript';
      const root = await readLeanTree(language, text);
      if (root === null) throw new Error('no tree');
      return listUnits(readSourceText(file, language, text, root));
    }),
  );
  const [file = ''] = Object.keys(texts);
  const { routes } = memoryIndex(texts, { routes: [{ endpoint: 'POST /a', file, line: handlerLine }] });
  return createNameReach(files, routes, () => true);
}

const rangeOf = ({ file, line }: { file: string; line: number }) => ({
  file,
  startLine: line,
  endLine: line,
});

async function reachOf(
  texts: Texts,
  handlerLine: number,
  place: { file: string; line: number },
): Promise<string[]> {
  const names = await namesOf(texts, handlerLine);
  return names.routesTo(rangeOf(place)).map((route) => route.path);
}

const client =
  'export const createClient = (url) => ({\n  async charge(order) {\n    return post(order);\n  },\n});\nasync function post(order) {\n  return fetch(order);\n}\n';
const at = (line: number) => ({ file: 'client.js', line });

test('a call of an object that was handed over is followed by its name, and on from there', async () => {
  const texts = {
    'routes.js': "router.post('/a', (req, res) => payments.charge(req.body));",
    'client.js': client,
  };
  expect(await reachOf(texts, 1, at(3))).toEqual(['/a']);
  expect(await reachOf(texts, 1, at(7))).toEqual(['/a']);
});

test('what the handler does not call is not reached', async () => {
  const texts = {
    'routes.js': "router.post('/a', (req, res) => payments.refund(req.body));",
    'client.js': client,
  };
  expect(await reachOf(texts, 1, at(7))).toEqual([]);
});

test('a common name says nothing', async () => {
  const texts = {
    'routes.js': "router.post('/a', (req, res) => cache.get(req.body));",
    'client.js': client.replace('charge', 'get'),
  };
  expect(await reachOf(texts, 1, at(3))).toEqual([]);
});

test('a name with many namesakes says nothing', async () => {
  const texts = {
    'routes.js': "router.post('/a', (req, res) => payments.charge(req.body));",
    'client.js': client,
    'b.js': client,
    'c.js': client,
  };
  expect(await reachOf(texts, 1, at(3))).toEqual([]);
});

test('what top-level code or main calls is started with the process, what nobody calls is not', async () => {
  const texts = {
    'routes.js': 'const pool = createPool();\nexport const app = pool;',
    'pool.js':
      'export function createPool() {\n  return openPool();\n}\nfunction openPool() {\n  return 1;\n}\nfunction unused() {\n  return 2;\n}\nfunction main() {\n  return 3;\n}\n',
  };
  const names = await namesOf(texts, 9);
  const started = [2, 5, 8, 11].map((line) => names.isStarted(rangeOf({ file: 'pool.js', line })));
  expect(started).toEqual([true, true, false, true]);
});

test('a name in another language says nothing', async () => {
  const texts = {
    'routes.js': "router.post('/a', (req, res) => payments.charge(req.body));",
    'client.js': 'export const none = 1;\n',
    'client.py': client,
  };
  expect(await reachOf(texts, 1, { file: 'client.py', line: 3 })).toEqual([]);
});

const goRoutes = (path: string, name = '') =>
  `package web\nimport ${name} "${path}"\nfunc Release(w http.ResponseWriter, r *http.Request) {\n\tlook.NewClient(r)\n}\n`;
const goClient = 'package look\nfunc NewClient() *http.Client {\n\treturn &http.Client{}\n}\n';

test.each([
  ['the package of its folder', 'example.com/shop/look', '', 'pkg/look/client.go', ['/a']],
  ['the package of its folder by another name', 'example.com/shop/find', 'look', 'find/client.go', ['/a']],
  ['the root of a module with a version', 'example.com/look/v2', '', 'client.go', ['/a']],
  ['another package of that name', 'net/find', 'look', 'pkg/look/client.go', []],
])('a function of Go is reached through %s', async (_what, path, name, file, reached) => {
  const texts = { 'web/routes.go': goRoutes(path, name), [file]: goClient };
  expect(await reachOf(texts, 4, { file, line: 3 })).toEqual(reached);
});

test.each([
  ['a name of its own package', 'tool/run.go', 'downloadAll(r)', 'downloadAll', ['/a']],
  [
    'a method with a small letter of its own package',
    'tool/run.go',
    'c.downloadAll(r)',
    'downloadAll',
    ['/a'],
  ],
  ['a name that another package keeps to itself', 'web/run.go', 'downloadAll(r)', 'downloadAll', []],
  ['a method that another package keeps to itself', 'web/run.go', 'c.downloadAll(r)', 'downloadAll', []],
  ['a method of another package', 'web/run.go', 'c.DownloadAll(r)', 'DownloadAll', ['/a']],
  ['a method that many have, whatever its first letter', 'web/run.go', 'c.Start(r)', 'Start', []],
])('Go: %s', async (_what, file, call, name, reached) => {
  const texts = {
    [file]: `package a\nfunc Release(w http.ResponseWriter, r *http.Request) { ${call} }\n`,
    'tool/client.go': `package a\nfunc (c *Client) ${name}(r int) {\n\thttp.Get(r)\n}\n`,
  };
  expect(await reachOf(texts, 2, { file: 'tool/client.go', line: 3 })).toEqual(reached);
});
