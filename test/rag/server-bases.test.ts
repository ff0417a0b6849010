import { expect, test } from 'vitest';
import { readServerBases } from '../../src/rag/server-bases.ts';
import { indexFiles } from './helpers/routes-of.ts';

const YAML = `openapi: 3.0.3
info:
  title: shop
servers:
  - url: /api/v0-beta
    description: here
  - url: '{host}/api/v0-beta'
    variables:
      host: { default: http://localhost }
  - url: https://shop.example/gateway/
paths:
  /news:
    get: {}
  /orders/{id}/:
    servers:
      - url: /elsewhere
    get: {}
`;

test.each([
  ['YAML', 'docs/openapi.yml', YAML, ['/api/v0-beta', '/gateway']],
  [
    'JSON',
    'openapi.json',
    '{"openapi":"3.1.0","servers":[{"url":"/v2"}],"paths":{"/news":{"get":{}}}}',
    ['/v2'],
  ],
  ['Swagger', 'swagger.yaml', 'swagger: "2.0"\nbasePath: /api\npaths:\n  /news:\n    get: {}\n', ['/api']],
  ['no document', 'notes.yaml', YAML, []],
])('what servers put before the paths of a document is read: %s', (_name, file, text, bases) => {
  const read = readServerBases(new Map([[file, text]]));
  expect(read.of('/news')).toEqual(bases);
  expect(read.of('/new')).toEqual([]);
  expect(read.of('/api/v0-beta/news')).toEqual([]);
});

test('below the server of the document counts more than the same path outside of it', async () => {
  const index = await indexFiles({
    'docs/openapi.yml': YAML,
    'app.py': `from flask import Flask
app = Flask(__name__)
@app.get("/news")
def page():
    return None
@app.get("/api/v0-beta/news")
def list_news():
    return []
@app.get("/api/v0-beta/orders/<int:id>")
def read_order(id):
    return {}
`,
  });
  const lineOf = (path: string) =>
    index.findHandlers({ method: 'GET', path, operationId: null })[0]?.route.handler.startLine;
  expect(lineOf('/news')).toBe(6);
  expect(lineOf('/orders/{order_id}')).toBe(9);
  expect(lineOf('/api/v0-beta/news')).toBe(6);
  expect(lineOf('/nothing')).toBeUndefined();
});
