import { expect, test } from 'vitest';
import { indexFiles, type SourceFiles } from './helpers/routes-of.ts';

const STORE = `export function createStore() {
  return { find: (id) => read(id) };
}
function read(id) { return id; }
`;
const app = (params: string, call: string) => `import express from 'express';
import { createStore } from './store.js';
export function createApp(${params}) {
  const app = express();
  app.get('/orders/:id', (req, res) => {
    res.json(${call}(req.params.id));
  });
  return app;
}
`;

/** What the only handler calls, as `FILE NAME`. */
async function calleesOf(files: SourceFiles): Promise<string[]> {
  const index = await indexFiles(files);
  const [route] = index.routes;
  return index.findCallees(route!.handler, 1).map(({ file, name }) => `${file} ${name}`);
}

test.each([
  ['whole', app('store', 'store.find'), `createApp(createStore());`],
  ['by a pattern', app('{ store }', 'store.find'), `createApp({ store: createStore() });`],
  [
    'by a pattern, through a variable',
    app('{ store }', 'store.find'),
    `const parts = { store: createStore() };\ncreateApp(parts);`,
  ],
  ['as a function', app('find', 'find'), `const { find } = createStore();\ncreateApp(find);`],
])('a handler calls what callers give to the function around it: %s', async (_name, text, call) => {
  const server = `import { createApp } from './app.js';\nimport { createStore } from './store.js';\n${call}\n`;
  expect(await calleesOf({ 'app.js': text, 'store.js': STORE, 'server.js': server })).toContain(
    'store.js find',
  );
});

test('what is handed on by another factory is followed, and a test double is not meant', async () => {
  const orders = app('{ store }', 'store.find');
  const outer = `import { createApp } from './app.js';
export function createAll({ store }) {
  return createApp({ store });
}
`;
  const server = `import { createAll } from './all.js';
import { createStore } from './store.js';
createAll({ store: createStore() });
`;
  const testFile = `import { createApp } from '../app.js';
createApp({ store: { find() { return 'fake'; } } });
`;
  const files = { 'app.js': orders, 'all.js': outer, 'store.js': STORE, 'server.js': server };
  expect(await calleesOf({ ...files, 'test/app.test.js': testFile })).toEqual(['store.js find']);
});

test('of a function that many call, nothing is guessed', async () => {
  const calls = Array.from({ length: 50 }, () => 'createApp({ store: createStore() });').join('\n');
  const server = `import { createApp } from './app.js';\nimport { createStore } from './store.js';\n${calls}\n`;
  const found = await calleesOf({
    'app.js': app('{ store }', 'store.find'),
    'store.js': STORE,
    'server.js': server,
  });
  expect(found).not.toContain('store.js find');
});

test('a path that many callers hand on from one another is found without asking each of them anew', async () => {
  const levels = 14;
  const calls = (level: number) => `f${level}(path); `.repeat(6);
  const text = [
    "import express from 'express';",
    'const app = express();',
    'function f0(path) { app.get(path, (req, res) => res.end()); }',
    ...Array.from({ length: levels }, (_, at) => `function f${at + 1}(path) { ${calls(at)}}`),
    `f${levels}('/orders');`,
  ].join('\n');
  const index = await indexFiles({ 'app.js': text });
  expect(index.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /orders']);
});

test('a wrapper calls the function that the file of the route gives it, and none of other files', async () => {
  const route = (name: string) => `import { withUser } from '../../lib/with-user';
async function handler(req, res) {
  res.json(await load${name}());
}
async function load${name}() { return fetch('https://${name}.example.com'); }
export default withUser(handler);
`;
  const index = await indexFiles({
    'package.json': '{"dependencies":{"next":"14.0.0"}}',
    'lib/with-user.ts': `export const withUser = (handler) => async (req, res) => {
  await check(req);
  return handler(req, res);
};
async function check(req) { return fetch('https://users.example.com'); }
`,
    'pages/api/orders.ts': route('Orders'),
    'pages/api/stock.ts': route('Stock'),
  });
  const reaching = (file: string, startLine: number) =>
    index.findReachingRoutes({ file, startLine, endLine: startLine }, 8).map(({ path }) => path);
  expect(reaching('pages/api/orders.ts', 5)).toEqual(['/api/orders']);
  expect(reaching('pages/api/stock.ts', 5)).toEqual(['/api/stock']);
  expect(reaching('lib/with-user.ts', 5)).toEqual(['/api/orders', '/api/stock']);
});
