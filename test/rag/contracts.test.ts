import { expect, test } from 'vitest';
import { isContract } from '../../src/rag/contracts/contract-files.ts';
import { listDocumented, listOperations } from '../../src/rag/contracts/openapi-operations.ts';
import { readProtoServices } from '../../src/rag/contracts/proto-services.ts';
import { listYamlKeys } from '../../src/rag/contracts/yaml-keys.ts';

test('documents are told from other YAML and JSON by their names', () => {
  const names = [
    'api/openapi.yaml',
    'docs/swagger.json',
    'x/shop-openapi-3.yml',
    'openapi/paths/a.yaml',
    'a.proto',
  ];
  expect(names.filter(isContract)).toEqual(names);
  expect(
    ['package.json', 'k8s/service.yaml', 'docker-compose.yml', 'src/prices.json'].filter(isContract),
  ).toEqual([]);
});

test('keys of YAML have their path, also in lists and behind texts of several lines', () => {
  const text = 'a:\n  b: |\n    c: no\n  l:\n  - x\n  - d: 1\n    e: "2" # two\nf:\n- g\n- h\ni:\n  j: 3\n';
  expect(listYamlKeys(text).map(({ path, value }) => `${path.join('.')}=${value}`)).toEqual([
    'a=',
    'a.b=|',
    'a.l=',
    'a.l.-=x',
    'a.l.-.d=1',
    'a.l.-.e=2',
    'f=',
    'f.-=g',
    'f.-=h',
    'i=',
    'i.j=3',
  ]);
});

test('a document that is none, or broken, has no operations', () => {
  const texts = new Map([
    ['a.json', '{"swagger": "2.0", "paths": {"/x": {"get": {"operationId"'],
    ['b.yaml', 'kind: Service\npaths:\n  /x:\n    get:\n      operationId: x\n'],
    ['c.json', '{"openapi": "3.0.0", "paths": {"/x": null, "/y": {"get": {"operationId": 3}}}}'],
  ]);
  expect([...texts.keys()].flatMap((file) => [...listDocumented(file, texts)])).toEqual([]);
});

test('a service without its closing brace gives what can be read', () => {
  const text = 'service A { rpc B(C) returns (D) { option (google.api.http) = { get: "/{b}" ';
  expect(readProtoServices(text)).toEqual([
    { service: 'A', name: 'B', operationId: null, bindings: [{ method: 'GET', path: '/{b}' }] },
  ]);
});

test('YAML in blocks, YAML in braces and JSON give the same operations', () => {
  const blocks = `openapi: 3.0.0
servers:
  - url: https://shop.example/v1/
paths:
  /orders/{id}:
    x-controller: orders
    get:
      tags: [Orders, reads]
      operationId: readOrder
    delete:
      summary: no id
      tags:
        - Orders
      x-controller: removals
  /items:
    $ref: items.yaml
`;
  const read = {
    get: { tags: ['Orders', 'reads'], operationId: 'readOrder' },
    delete: { summary: 'no id', tags: ['Orders'], 'x-controller': 'removals' },
  };
  const servers = [{ url: 'https://shop.example/v1/' }];
  const paths = { '/orders/{id}': { 'x-controller': 'orders', ...read }, '/items': { $ref: 'items.yaml' } };
  const json = JSON.stringify({ openapi: '3.0.0', servers, paths });
  const braces = `openapi: 3.0.0\nservers: ${JSON.stringify(servers)}\npaths: ${JSON.stringify(paths)}\n`;
  const texts = new Map([
    ['blocks.yaml', blocks],
    ['braces.yaml', braces],
    ['document.json', json],
    ['items.yaml', 'post:\n  operationId: addItem\n'],
  ]);
  const expected = [
    'GET /v1 /orders/{id} readOrder Orders,reads orders',
    'DELETE /v1 /orders/{id} null Orders removals',
    'POST /v1 /items addItem  null',
  ];
  for (const file of ['blocks.yaml', 'braces.yaml', 'document.json']) {
    const operations = listOperations(file, texts).map(({ method, base, path, operationId, tags, text }) =>
      [method, base, path, operationId, tags.join(), text('x-controller')].map(String).join(' '),
    );
    expect(operations, file).toEqual(expected);
  }
});
