import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const ROUTERS = {
  'users.js': `const router = require('express').Router();
router.get('/me', (req, res) => res.end());
module.exports = router;
`,
  'orders.js': `const router = require('express').Router();
router.get('/last', (req, res) => res.end());
module.exports = router;
`,
};

const EXPRESS = `const express = require('express');
const users = require('./users');
const orders = require('./orders');
const app = express();
`;

test.each([
  [
    'for … of with destructuring',
    `for (const { path, router } of [{ path: '/u', router: users }, { path: '/o', router: orders }]) {
  app.use(path, router);
}`,
  ],
  [
    'for … of over the entries of an object',
    `const table = { '/u': users, '/o': orders };
for (const [path, router] of Object.entries(table)) app.use(path, router);`,
  ],
  [
    'forEach with destructuring',
    `[{ path: 'u', router: users }, { path: 'o', router: orders }].forEach(({ path, router }) => {
  app.use(\`/\${path}\`, router);
});`,
  ],
])('each router hangs below the path of its own row: %s', async (_name, loop) => {
  expect(await routesOf({ ...ROUTERS, 'app.js': `${EXPRESS}${loop}\n` })).toEqual([
    'GET /o/last -> orders.js:2 inline',
    'GET /u/me -> users.js:2 inline',
  ]);
});

test('a table of paths and handlers declares one route for each row', async () => {
  const text = `const express = require('express');
const app = express();
function list(req, res) { res.end(); }
function show(req, res) { res.end(); }
const table = [['/orders', list], ['/orders/:id', show]];
for (const [path, handler] of table) app.get(path, handler);
`;
  expect(await routesOf({ 'app.js': text })).toEqual([
    'GET /orders -> app.js:3 list',
    'GET /orders/{id} -> app.js:4 show',
  ]);
});

test('a router that is mounted at several paths answers below each', async () => {
  const text = `${EXPRESS}app.use(['/v1', '/v2'], users);\n`;
  expect(await routesOf({ ...ROUTERS, 'app.js': text })).toEqual([
    'GET /last -> orders.js:2 inline',
    'GET /v1/me -> users.js:2 inline',
    'GET /v2/me -> users.js:2 inline',
  ]);
});

test('loops of Python that use one name again keep their routers and prefixes apart', async () => {
  const router = (path: string, name: string) =>
    `from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("${path}")\ndef ${name}():\n    return 1\n`;
  const main = `from fastapi import FastAPI
import users, orders
app = FastAPI()
for router in [users.router]:
    app.include_router(router, prefix="/a")
for router, prefix in ((users.router, "/u"), (orders.router, "/o")):
    app.include_router(router, prefix=f"/api{prefix}")
for prefix, router in {"/m": orders.router}.items():
    app.include_router(router, prefix=prefix)
`;
  const files = { 'main.py': main, 'users.py': router('/me', 'me'), 'orders.py': router('/last', 'last') };
  expect(await routesOf(files)).toEqual([
    'GET /a/me -> users.py:3 me',
    'GET /api/o/last -> orders.py:3 last',
    'GET /api/u/me -> users.py:3 me',
    'GET /m/last -> orders.py:3 last',
  ]);
});

test('a view of Flask that is kept in a variable answers by its methods', async () => {
  const text = `from flask import Flask
from flask.views import MethodView
class UserView(MethodView):
    def get(self, user_id):
        return {}
    def post(self):
        return {}
app = Flask(__name__)
view = UserView.as_view("users")
app.add_url_rule("/users", view_func=view, methods=["POST"])
app.add_url_rule("/users/<int:user_id>", view_func=view, methods=["GET"])
`;
  expect(await routesOf({ 'app.py': text })).toEqual([
    'GET /users/{user_id} -> app.py:4 get',
    'POST /users -> app.py:6 post',
  ]);
});

test('the default of a field of settings is the prefix, not the name of its variable', async () => {
  const text = `from fastapi import FastAPI, APIRouter
from pydantic import BaseSettings, Field
class Settings(BaseSettings):
    prefix: str = Field("/v2", env="API_PREFIX")
settings = Settings()
router = APIRouter()
@router.get("/users")
def users():
    return []
app = FastAPI()
app.include_router(router, prefix=settings.prefix)
`;
  expect(await routesOf({ 'main.py': text })).toEqual(['GET /v2/users -> main.py:7 users']);
});

test('a prefix that every caller of a function gives alike stands before its routes, one that differs does not', async () => {
  const text = `const express = require('express');
const app = express();
function orders(app, base) { app.get(base + '/orders', (req, res) => res.end()); }
function users(app, base) { app.get(base + '/users', (req, res) => res.end()); }
orders(app, '/v1');
users(app, '/a');
users(app, '/b');
`;
  expect(await routesOf({ 'app.js': text })).toEqual([
    'GET /users -> app.js:4 inline',
    'GET /v1/orders -> app.js:3 inline',
  ]);
});

test('routes of Slim that a foreach declares are one for each row of its table', async () => {
  const found = await routesOf({
    'routes.php': `<?php
use Slim\\App;
use Shop\\Orders;
use Shop\\Users;
return function (App $app) {
    $endpoints = [['order', 'orders', Orders::class], ['user', 'users', Users::class]];
    foreach ($endpoints as [$one, $many, $class]) {
        $app->group('/api', function ($group) use ($one, $many, $class) {
            $group->get('/' . $many, $class . ':list');
            $group->Delete('/' . $one . '/{id}', $class . ':drop');
        });
    }
};
`,
    'Orders.php': '<?php\nnamespace Shop;\nclass Orders { function list() {}\nfunction drop() {} }\n',
    'Users.php': '<?php\nnamespace Shop;\nclass Users { function list() {} }\n',
  });
  expect(found).toEqual([
    'DELETE /api/order/{id} -> Orders.php:4 drop',
    'GET /api/orders -> Orders.php:3 list',
    'GET /api/users -> Users.php:3 list',
  ]);
});
