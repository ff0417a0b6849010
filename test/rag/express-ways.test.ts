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

test('routers of a folder that a loop requires answer below the names of their files', async () => {
  const found = await routesOf({
    'src/app.js': `const express = require('express');
const fs = require('fs');
const path = require('path');
const app = express();
fs.readdirSync(path.join(__dirname, 'routes')).forEach((file) => {
  const name = file.split('.')[0];
  app.use('/api/' + name, require('./routes/' + file));
});
fs.readdirSync('./plain').forEach((file) => app.use(require('./plain/' + file)));
`,
    'src/routes/orders.js': `const router = require('express').Router();
router.get('/:id', ${ANSWER});
module.exports = router;
`,
    'src/plain/health.js': `const router = require('express').Router();
router.get('/health', ${ANSWER});
module.exports = router;
`,
  });
  expect(found).toEqual([
    'GET /api/orders/{id} -> src/routes/orders.js:2 inline',
    'GET /health -> src/plain/health.js:2 inline',
  ]);
});

test('handlers of Hono that are made first, and route objects of koa-joi-router, are found', async () => {
  const found = await routesOf({
    'hono.ts': `import { Hono } from 'hono';
import { createFactory } from 'hono/factory';
const handlers = createFactory().createHandlers(log, (c) => c.json({}));
const app = new Hono();
app.get('/made', ...handlers);
`,
    'koa.js': `const joi = require('koa-joi-router');
const router = joi();
router.route({ method: 'get', path: '/joi', handler: async (ctx) => {} });
`,
  });
  expect(found).toEqual(['GET /joi -> koa.js:3 inline', 'GET /made -> hono.ts:3 handlers']);
});

test('a controller of Nest may be marked by a decorator that the application composes', async () => {
  const found = await routesOf({
    'marks.ts': `import { applyDecorators, Controller } from '@nestjs/common';
const BASE = 'internal';
export const Api = (path: string) => applyDecorators(Controller(\`\${BASE}/\${path}\`));
export function Versioned(path: string) {
  return applyDecorators(Guarded(), Controller({ path, version: '1' }));
}
`,
    'cats.ts': `import { Get } from '@nestjs/common';
import { Api, Versioned } from './marks';
@Api('cats')
export class CatsController {
  @Get(':id') one() { return 1; }
}
@Versioned('dogs')
export class DogsController {
  @Get() list() { return []; }
}
`,
  });
  expect(found).toEqual(['GET /dogs -> cats.ts:9 list', 'GET /internal/cats/{id} -> cats.ts:5 one']);
});

test('what a chain says to all methods before others is no handler, alone it is', async () => {
  const found = await routesOf({
    'app.js': `const express = require('express');
const app = express();
app.route('/orders/:id').all(guard).get(read);
app.route('/both').all(read);
function guard(req, res, next) { next(); }
function read(req, res) { res.end(); }
`,
  });
  expect(found).toEqual(['ANY /both -> app.js:6 read', 'GET /orders/{id} -> app.js:6 read']);
});

test('handlers that next-connect puts together answer by their methods', async () => {
  const found = await routesOf({
    'pages/api/orders.ts': `import nc from 'next-connect';
const handler = nc()
  .use(guard)
  .get(async (req, res) => res.json([]))
  .post(async (req, res) => {
    res.json({});
  });
export default handler;
`,
    'pages/api/users/[id].ts': `import { createRouter } from 'next-connect';
import { readUser } from '../../../users';
const router = createRouter();
router.get(readUser);
export default router.handler();
`,
    'users.ts': 'export async function readUser(req, res) {}\n',
  });
  expect(found).toEqual([
    'GET /api/orders -> pages/api/orders.ts:4 inline',
    'GET /api/users/{id} -> users.ts:1 readUser',
    'POST /api/orders -> pages/api/orders.ts:5 inline',
  ]);
});
