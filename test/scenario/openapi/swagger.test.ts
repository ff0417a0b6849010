import { expect, test } from 'vitest';
import { generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { PLAIN } from '../generate/plain-options.ts';

const SOURCE = 'https://127.0.0.1:8000/swagger.json';

const PETS = {
  swagger: '2.0',
  info: { title: 'Pets', version: '1' },
  host: 'pets.test:8080',
  basePath: '/v1',
  consumes: ['application/json'],
  securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' }, login: { type: 'basic' } },
  security: [{ key: [] }],
  parameters: {
    Page: { name: 'page', in: 'query', required: true, type: 'integer', minimum: 3 },
    Pet: { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } },
  },
  responses: { Made: { description: 'made', schema: { $ref: '#/definitions/Pet' } } },
  definitions: {
    Pet: {
      type: 'object',
      required: ['id', 'kind'],
      properties: { id: { type: 'integer' }, kind: { type: 'string', enum: ['cat'] } },
    },
  },
  paths: {
    '/pets': {
      parameters: [{ name: 'trace', in: 'header', required: true, type: 'string', default: 't' }],
      get: {
        parameters: [
          { $ref: '#/parameters/Page' },
          {
            name: 'tags',
            in: 'query',
            required: true,
            type: 'array',
            collectionFormat: 'multi',
            items: { type: 'string', enum: ['a'] },
            minItems: 2,
          },
        ],
        responses: { 200: { description: 'ok' } },
      },
      post: { parameters: [{ $ref: '#/parameters/Pet' }], responses: { 201: { $ref: '#/responses/Made' } } },
    },
    '/pets/{petId}': {
      get: {
        parameters: [{ name: 'petId', in: 'path', required: true, type: 'integer' }],
        responses: { 200: { description: 'ok' } },
      },
    },
    '/form': {
      post: {
        consumes: ['application/x-www-form-urlencoded'],
        parameters: [{ name: 'size', in: 'formData', required: true, type: 'integer', minimum: 4 }],
        responses: { default: { description: 'ok' } },
        security: [{ login: [] }],
      },
    },
  },
};

async function generate(document: object = PETS) {
  const read = await readOpenApi(JSON.stringify(document), SOURCE);
  const options = {
    ...PLAIN,
    shapes: ['jitter'],
  };
  return { read, calls: generateScenarios(read, options).scenarios };
}

test('a Swagger 2.0 document is read without notices', async () => {
  const { read } = await generate();
  expect(read).toMatchObject({
    specVersion: '2.0',
    title: 'Pets',
    notices: [],
    servers: ['https://pets.test:8080/v1'],
  });
  expect(read.operations[0]?.security).toMatchObject([[{ kind: 'api_key', parameter: 'X-Key' }]]);
  expect(read.operations[3]?.security).toMatchObject([[{ kind: 'basic' }]]);
});

test('its parameters, bodies and forms become requests', async () => {
  const { calls } = await generate();
  expect(calls.map(({ items }) => items[0]?.call)).toMatchObject([
    { url: 'https://pets.test:8080/v1/pets?page=3&tags=a&tags=a', headers: { trace: 't' }, body: null },
    {
      method: 'POST',
      body: '{"id":1,"kind":"cat"}',
      headers: { 'Content-Type': 'application/json', trace: 't' },
    },
    { url: 'https://pets.test:8080/v1/pets/{petId}' },
    { method: 'POST', body: 'size=4', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  ]);
});

test('its response schemas lead to links', async () => {
  const { calls } = await generate();
  expect(calls[1]?.items[0]?.expect.statuses).toEqual([201]);
  expect(calls[2]?.config.setup).toMatchObject([{ method: 'POST', capture: { petId: '/id' } }]);
});

test('without a host it is where it came from', async () => {
  const { host: _, ...rest } = PETS;
  expect((await generate(rest)).read.servers).toEqual(['https://127.0.0.1:8000/v1']);
});

test('what is broken in it is noted with its place', async () => {
  const { read } = await generate({
    ...PETS,
    paths: { '/a': { get: { parameters: [{ name: 'x' }], responses: { 200: { description: '' } } } } },
  });
  expect(read.operations[0]?.parameters).toEqual([]);
  expect(read.notices.map(({ where }) => where)).toContain('paths./a.get.parameters[0]');
});
