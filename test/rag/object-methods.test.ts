import { expect, test } from 'vitest';
import { symbolsOf } from './helpers/facts-of.ts';
import { indexFiles } from './helpers/routes-of.ts';

test('functions of objects that have a name or are given away are symbols, those of options are not', async () => {
  const text = [
    'module.exports = {',
    '  decode(text) { return text; },',
    '  async list() {',
    '    return [];',
    '  },',
    '};',
    'export const orders = { find: async () => 1, inner: { drop() {} }, size: 3 };',
    'const make = () => ({ read() { return 1; } });',
    'run({ onError() {} });',
  ].join('\n');
  expect((await symbolsOf('javascript', text)).sort()).toEqual([
    'function make 8-8',
    'method decode 2-2',
    'method list 3-5',
    'method orders.find 7-7',
    'method orders.inner.drop 7-7',
    'method read 8-8',
    'variable orders 7-7',
  ]);
});

test('what a handler calls on an object of another module is among its callees', async () => {
  const index = await indexFiles({
    'app.js': `const express = require('express');
const orders = require('./orders');
const { createUsers } = require('./users');
const users = createUsers({});
const app = express();
app.get('/orders', async (req, res) => {
  const { rows } = await orders.find(req.query);
  res.json(await users.join(rows));
});
`,
    'orders.js':
      'module.exports = {\n  async find(query) { return { rows: [] }; },\n  async drop() {},\n};\n',
    'users.js':
      'exports.createUsers = (deps) => {\n  return {\n    async join(rows) { return rows; },\n  };\n};\n',
  });
  const [route] = index.routes;
  const callees = route === undefined ? [] : index.findCallees(route.handler, 1);
  // What is only named, such as the variable that holds the object, comes after.
  expect(callees.slice(0, 2).map(({ file, name }) => `${file} ${name}`)).toEqual([
    'orders.js find',
    'users.js join',
  ]);
});
