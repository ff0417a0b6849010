import { describe, expect, test } from 'vitest';
import { readLeanTree } from '../../../src/rag/parse.ts';
import { listUnits } from '../../../src/review/reach/list-units.ts';
import { createNameReach } from '../../../src/review/reach/reach-by-name.ts';
import { readSourceText } from '../../../src/review/syntax/source-text.ts';
import { memoryIndex } from '../memory-index.ts';

type Texts = Readonly<Record<string, string>>;

async function namesOf(texts: Texts, handlerLine: number) {
  const files = await Promise.all(
    Object.entries(texts).map(async ([file, text]) => {
      const root = await readLeanTree('javascript', text);
      if (root === null) throw new Error('no tree');
      return listUnits(readSourceText(file, 'javascript', text, root));
    }),
  );
  const { routes } = memoryIndex(texts, {
    routes: [{ endpoint: 'POST /a', file: 'routes.js', line: handlerLine }],
  });
  return createNameReach(files, routes);
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

describe('only the start of the process comes by', () => {
  async function isOnlyStarted(texts: Texts, line: number, file = 'start.js'): Promise<boolean> {
    return (await namesOf({ 'routes.js': 'export const app = 1;', ...texts }, 1)).isOnlyStarted(
      rangeOf({ file, line }),
    );
  }
  const tell = 'export function tell() {\n  return fetch(url);\n}\n';

  test.each([
    ['code at the top level', { 'start.js': '\nawait fetch(url);\n' }],
    ['a function that it calls', { 'start.js': `${tell}tell();\n` }],
    [
      'a function of another file that main calls',
      { 'start.js': tell, 'a.js': 'function main() {\n  tell();\n}\nmain();\n' },
    ],
    ['what stands behind a promise', { 'start.js': 'load().then((id) => {\n  fetch(id);\n});\n' }],
    [
      'a function that is called as it stands',
      { 'start.js': '(async () => {\n  await fetch(url);\n})();\n' },
    ],
    [
      'a function of a name that members of others have',
      {
        'start.js': `${tell.replace('tell', 'update')}update();\n`,
        'b.js': 'export const go = (row) => row.update();\n',
      },
    ],
    ['what a list is gone through with', { 'start.js': 'for (const one of all)\n  await fetch(one);\n' }],
  ])('%s', async (_name, texts) => {
    expect(await isOnlyStarted(texts, 2)).toBe(true);
  });

  test.each([
    [
      'a function that a member call of another file may mean',
      { 'start.js': `${tell}tell();\n`, 'b.js': 'export const go = (row) => row.tell();\n' },
    ],
    ['a callback', { 'start.js': 'subscribe((id) => {\n  fetch(id);\n});\n' }],
    [
      'a function that a callback calls as well',
      { 'start.js': `${tell}tell();\nbus.on("a", () => tell());\n` },
    ],
    ['a function that is handed over as well', { 'start.js': `${tell}tell();\nsetInterval(tell, 1000);\n` }],
    [
      'a function that is a member of an object',
      { 'start.js': `${tell}tell();\nexport const jobs = { tell };\n` },
    ],
    [
      'a function that another one calls as well',
      { 'start.js': `${tell}tell();\nexport function pay() {\n  tell();\n}\n` },
    ],
    ['a member of a class', { 'start.js': 'export class A {\n  pay = () => fetch(url);\n}\n' }],
    ['a loop that goes on', { 'start.js': 'while (await next())\n  await fetch(url);\n' }],
    ['a loop over a stream', { 'start.js': 'for await (const one of stream)\n  await fetch(one);\n' }],
    ['a function that a loop calls', { 'start.js': `${tell}for (;;) {\n  await tell();\n}\n` }],
    ['a function that nobody calls', { 'start.js': tell }],
    ['a method of a name that many have', { 'start.js': 'class A {\n  send() {}\n}\nnew A().send();\n' }],
  ])('is not true of %s', async (_name, texts) => {
    expect(await isOnlyStarted(texts, 2)).toBe(false);
  });

  test('a plain call means the function of its own file', async () => {
    const other = `${tell}export function pay() {\n  tell();\n}\n`;
    expect(await isOnlyStarted({ 'start.js': `${tell}tell();\n`, 'b.js': other }, 2)).toBe(true);
    expect(await isOnlyStarted({ 'start.js': `${tell}tell();\n`, 'b.js': other }, 2, 'b.js')).toBe(false);
  });
});
