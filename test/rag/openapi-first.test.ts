import { expect, test } from 'vitest';
import { indexFiles, routesOf } from './helpers/routes-of.ts';

const document = (paths: string, head = '') => `openapi: 3.0.0
info: { title: shop, version: '1' }
${head}paths:
${paths}`;

const CONNEXION = {
  'requirements.txt': 'connexion==3.1.0\n',
  'app.py': `import connexion
app = connexion.App(__name__, specification_dir="openapi/")
app.add_api("openapi.yaml", base_path="/api")
`,
  'openapi/openapi.yaml': document(`  /orders:
    get:
      operationId: shop.orders.search
      responses: { '200': { description: ok } }
    post:
      operationId: create
      x-openapi-router-controller: shop.orders
      responses: { '200': { description: ok } }
  /orders/{id}:
    get:
      operationId: shop.orders.Orders.read
      responses: { '200': { description: ok } }
    delete:
      operationId: shop.orders.nowhere
      responses: { '200': { description: ok } }
`),
  'shop/__init__.py': '',
  'shop/orders.py': `def search(limit=10):
    return []

def create(body):
    return body, 201

class Orders:
    @staticmethod
    def read(id):
        return {}
`,
};

test('Connexion answers an operation by the function that its id names, and none where there is no such function', async () => {
  const index = await indexFiles(CONNEXION);
  expect(index.routes.map(({ method, path, handler }) => `${method} ${path} ${handler.startLine}`)).toEqual([
    'GET /api/orders 1',
    'POST /api/orders 4',
    'GET /api/orders/{id} 8',
  ]);
  const gone = { method: 'DELETE', path: '/orders/{id}', operationId: 'shop.orders.nowhere' } as const;
  expect(index.findHandlers(gone)).toEqual([]);
});

test('a document is no route where nothing serves it', async () => {
  const { 'app.py': _, 'requirements.txt': __, ...rest } = CONNEXION;
  expect(await routesOf(rest)).toEqual([]);
});

test('RestyResolver finds functions by path and method below its module', async () => {
  const found = await routesOf({
    'app.py': `import connexion
from connexion.resolver import RestyResolver
app = connexion.FlaskApp(__name__)
app.add_api("api.yaml", resolver=RestyResolver("shop"))
`,
    'api.yaml': document(
      '  /orders:\n    get: {}\n  /orders/{id}:\n    get: {}\n    delete: {}\n',
      'servers: [{ url: /v1 }]\n',
    ),
    'shop/__init__.py': '',
    'shop/orders.py': 'def search():\n    return []\ndef get(id):\n    return {}\n',
  });
  expect(found).toEqual([
    'GET /v1/orders -> shop/orders.py:1 search',
    'GET /v1/orders/{id} -> shop/orders.py:3 get',
  ]);
});

test('express-openapi-validator takes what the module of the operation exports', async () => {
  const found = await routesOf({
    'app.js': `const OpenApiValidator = require('express-openapi-validator');
require('express')().use(OpenApiValidator.middleware({ apiSpec: './api.yaml', operationHandlers: __dirname }));
`,
    'api.yaml': document(
      `  /ping:
    get:
      operationId: ping
      x-eov-operation-handler: routes/ping
  /pong:
    get:
      operationId: pong
      x-eov-operation-handler: routes/ping
`,
      'servers: [{ url: "https://shop.example/v1" }]\n',
    ),
    'routes/ping.js': 'module.exports = {\n  ping: (req, res) => res.send("ok"),\n};\n',
    'other/routes/pings.js': 'exports.ping = (req, res) => res.send("no");\n',
  });
  expect(found).toEqual(['GET /v1/ping -> routes/ping.js:2 ping']);
});

test('openapi-backend answers by the handlers that are registered under the ids', async () => {
  const found = await routesOf({
    'src/index.ts': `import OpenAPIBackend from 'openapi-backend';
import { createPet } from './handlers';
const api = new OpenAPIBackend({
  definition: './openapi.yml',
  handlers: { getPets: async (c, req, res) => res.json([]) },
});
api.register({ createPet });
api.register('dropPet', async (c, req, res) => res.json({}));
`,
    'src/handlers.ts': 'export const createPet = async (c, req, res) => res.json({});\n',
    'openapi.yml': document(`  /pets:
    get: { operationId: getPets }
    post: { operationId: createPet }
    put: { operationId: replacePets }
  /pets/{id}:
    delete: { operationId: dropPet }
`),
  });
  expect(found).toEqual([
    'DELETE /pets/{id} -> src/index.ts:8 dropPet',
    'GET /pets -> src/index.ts:5 getPets',
    'POST /pets -> src/handlers.ts:1 createPet',
  ]);
});
