import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const ANSWER = '(req, res) => res.end()';

test('a function without a name that a file exports is given the router by whatever name others import it', async () => {
  const found = await routesOf({
    'server.js': `const express = require('express');
const routes = require('./routes');
const app = express();
routes(app);
require('./routes/orders')(app, {});
`,
    'routes/index.js': `module.exports = function (app) { app.get('/x', ${ANSWER}); };\n`,
    'routes/orders.js': `module.exports = (app, deps) => { app.get('/orders', ${ANSWER}); };\n`,
    'routes/unused.js': `module.exports = (app) => { app.get('/unused', ${ANSWER}); };\n`,
    'more/start.mjs': `import express from 'express';
import items from './items.mjs';
const server = express();
const api = express.Router();
items({ router: api });
server.use('/api', api);
`,
    'more/items.mjs': `export default function ({ router }) { router.get('/items', ${ANSWER}); }\n`,
  });
  expect(found).toEqual([
    'GET /api/items -> more/items.mjs:1 inline',
    'GET /orders -> routes/orders.js:1 inline',
    'GET /x -> routes/index.js:1 inline',
  ]);
});

test('what handles errors, with four parameters, is not the handler of a route', async () => {
  const found = await routesOf({
    'app.js': `const express = require('express');
const flows = require('./flows');
const app = express();
app.get('/flows', guard('read'), flows.list, flows.failed);
app.post('/flows', flows.create, (err, req, res, next) => next(err));
function guard(scope) { return (req, res, next) => next(); }
`,
    'flows.js': `module.exports = {
  list: function (req, res) { res.end(); },
  create: function (req, res) { res.end(); },
  failed: function (err, req, res, next) { res.end(); },
};
`,
  });
  expect(found).toEqual(['GET /flows -> flows.js:2 list', 'POST /flows -> flows.js:3 create']);
});

test('the application of a server that is made once is found behind the call that gives it', async () => {
  const found = await routesOf({
    'server.js': `const express = require('express');
class Server {
  static instance = null;
  app = undefined;
  static getInstance() {
    if (Server.instance == null) Server.instance = new Server();
    return Server.instance;
  }
  constructor() { this.app = express(); }
}
module.exports = { Server };
`,
    'main.js': `const { Server } = require('./server');
const app = Server.getInstance().app;
app.get('/metrics', ${ANSWER});
`,
  });
  expect(found).toEqual(['GET /metrics -> main.js:3 inline']);
});

test('routes of the router that koa-swagger-decorator gives are found', async () => {
  const found = await routesOf({
    'app.ts': `import { SwaggerRouter } from 'koa-swagger-decorator';
const router = new SwaggerRouter();
router.get('/users/:id', async (ctx) => { ctx.body = 1; });
`,
  });
  expect(found).toEqual(['GET /users/{id} -> app.ts:3 inline']);
});
