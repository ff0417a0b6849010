import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

test('hapi answers by route objects, lists of them and plugins below their prefix', async () => {
  const found = await routesOf({
    'server.js': `const Hapi = require('@hapi/hapi');
const routes = require('./routes');
const server = Hapi.server({ port: 0 });
server.route({ method: 'GET', path: '/a/{id}', handler: (request, h) => 1 });
server.route(routes);
const plugin = { name: 'p', register: async (server) => { server.route({ method: 'GET', path: '/in', handler: (r) => 2 }); } };
server.register({ plugin, routes: { prefix: '/p' } });
`,
    'routes.js': `const ctl = require('./ctl');
module.exports = [
  { method: ['PUT', 'POST'], path: '/b', options: { handler: ctl.b } },
  { method: 'DELETE', path: '/c', handler: ctl.c },
];
`,
    'ctl.js': 'exports.b = async (request, h) => 1;\nexports.c = async (request, h) => 1;\n',
  });
  expect(found).toEqual([
    'DELETE /c -> ctl.js:2 c',
    'GET /a/{id} -> server.js:4 inline',
    'GET /p/in -> server.js:6 inline',
    'POST /b -> ctl.js:1 b',
    'PUT /b -> ctl.js:1 b',
  ]);
});

test('Elysia answers by chains, plugins and groups', async () => {
  const found = await routesOf({
    'index.ts': `import { Elysia } from 'elysia';
import { users } from './users';
function hello() { return 1; }
new Elysia({ prefix: '/api' })
  .use(users)
  .group('/g', (app) => app.get('/c', hello))
  .listen(3000);
`,
    'users.ts': `import { Elysia } from 'elysia';
export const users = new Elysia({ prefix: '/users' })
  .get('/:id', ({ params }) => params.id);
`,
  });
  expect(found).toEqual(['GET /api/g/c -> index.ts:3 hello', 'GET /api/users/{id} -> users.ts:3 inline']);
});

const CONTROLLER = (library: string, mark: string) => `import { ${mark}, Get, Post } from '${library}';
@${mark}('orders')
export class OrdersController {
  @Get('last')
  readLast() { return 1; }
  @Post()
  make() { return 1; }
}
`;

test.each([
  ['tsoa', 'Route'],
  ['routing-controllers', 'JsonController'],
  ['@tsed/common', 'Controller'],
  ['@midwayjs/core', 'Controller'],
])('methods that decorators of %s mark answer below the path of their class', async (library, mark) => {
  expect(await routesOf({ 'orders.ts': CONTROLLER(library, mark) })).toEqual([
    'GET /orders/last -> orders.ts:4 readLast',
    'POST /orders -> orders.ts:6 make',
  ]);
});

test('a prefix that the start of routing-controllers names stands before every controller', async () => {
  const found = await routesOf({
    'orders.ts': CONTROLLER('routing-controllers', 'JsonController'),
    'app.ts': `import { createExpressServer } from 'routing-controllers';
createExpressServer({ routePrefix: '/api' }).listen(0);
`,
  });
  expect(found).toEqual([
    'GET /api/orders/last -> orders.ts:4 readLast',
    'POST /api/orders -> orders.ts:6 make',
  ]);
});

test('decorators of the same names from another library declare nothing', async () => {
  expect(await routesOf({ 'orders.ts': CONTROLLER('./own-decorators', 'Route') })).toEqual([]);
});

test('routes of Fastify are found behind a type provider and in plugins that are imported when they are registered', async () => {
  const found = await routesOf({
    'server.ts': `import Fastify from 'fastify';
const server = Fastify();
server.register(import('./lazy'), { prefix: '/lazy' });
server.withTypeProvider<object>().post('/typed', async () => 1);
`,
    'lazy.ts': "export default async function (app) {\n  app.get('/x', async () => 1);\n}\n",
  });
  expect(found).toEqual(['GET /lazy/x -> lazy.ts:2 inline', 'POST /typed -> server.ts:4 inline']);
});

test('routes of Fastify are found in the rows that a loop declares, and in options that stand elsewhere', async () => {
  const found = await routesOf({
    'app.js': `const fastify = require('fastify')();
const cars = require('./cars');
const routes = [
  { method: 'GET', url: '/cars', handler: cars.list },
  {
    method: ['PUT', 'PATCH'],
    url: '/cars/:id',
    handler: async (req, reply) => 1,
  },
];
routes.forEach((route, index) => { fastify.route(route); });
for (const row of cars.rows) fastify.route(row);
fastify.route(cars.single);
`,
    'cars.js': `async function list(req, reply) {}
exports.list = list;
exports.single = { method: 'POST', url: '/cars', handler: list };
exports.rows = [{ method: 'DELETE', url: '/cars', handler: async () => 1 }];
`,
  });
  expect(found).toEqual([
    'DELETE /cars -> cars.js:4 inline',
    'GET /cars -> cars.js:1 list',
    'PATCH /cars/{id} -> app.js:8 inline',
    'POST /cars -> cars.js:1 list',
    'PUT /cars/{id} -> app.js:8 inline',
  ]);
});

test('Next.js answers below its folder of routes, whatever the folders above are called', async () => {
  const route = 'export function GET() {\n  return Response.json([]);\n}\n';
  const found = await routesOf({
    'apps/app/src/app/a/route.ts': route,
    'apps/app/app/b/route.ts': route,
    'apps/app/c/route.ts': route,
    'apps/web/app/d/app/route.ts': route,
  });
  expect(found.map((one) => one.slice(0, one.indexOf(' -> ')))).toEqual([
    'GET /a',
    'GET /b',
    'GET /c',
    'GET /d/app',
  ]);
});
