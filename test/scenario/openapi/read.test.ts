import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';

const SOURCE = 'http://127.0.0.1:8000/api/openapi.json';

function documentWith(parts: object): string {
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: {}, ...parts });
}

async function refusal(text: string): Promise<AppError> {
  const error = await readOpenApi(text, 'spec').catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('it was read');
  return error;
}

const USERS = readFileSync('test/golden/users-openapi.json', 'utf8');

test('the document of a FastAPI service is read without notices', async () => {
  const document = await readOpenApi(USERS, SOURCE);
  expect(document.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /',
    'POST /users/',
    'GET /users/{user_id}',
  ]);
  expect(document.servers).toEqual(['http://localhost:9090']);
  expect(document.notices).toEqual([]);
  expect(document.operations[2]?.parameters[0]).toMatchObject({
    name: 'user_id',
    place: 'path',
    required: true,
  });
  expect(document.operations[1]?.responses.map(({ status }) => status)).toEqual(['200', '422']);
});

test('YAML is read as JSON is, and an unquoted version is understood', async () => {
  const document = await readOpenApi(
    'openapi: 3.1\ninfo: {title: T, version: "1"}\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n',
    'x.yaml',
  );
  expect(document.specVersion).toBe('3.1');
  expect(document.operations[0]?.responses[0]?.status).toBe('200');
});

test.each(['3.0.3', '3.1.0', '3.2.0'])('version %s lists its operations', async (openapi) => {
  const paths = { '/a': { get: { responses: { 200: { description: 'ok' } } } } };
  const document = await readOpenApi(documentWith({ openapi, paths }), SOURCE);
  expect(document.operations).toHaveLength(1);
  expect(document.notices).toEqual([]);
});

describe('what is no OpenAPI document is refused by name', () => {
  test.each([
    ['<!doctype html><html></html>', 'this is an HTML page'],
    ['', 'is empty'],
    ['   \n', 'is empty'],
    ['[]', 'this is a list'],
    ['just text', 'this is a string'],
    ['{"swagger":"1.2","apis":[]}', 'this is Swagger "1.2"'],
    ['{"asyncapi":"2.0.0"}', 'AsyncAPI'],
    ['{"info":{"name":"c"},"item":[]}', 'Postman collection'],
    ['{"detail":"Not Found"}', 'its keys are "detail"'],
    ['{"openapi":"4.0.0"}', 'openapi: "4.0.0" is not read'],
    ['{"openapi":"3.10.0"}', 'openapi: "3.10.0" is not read'],
    ['{\n  "openapi": "3.1.0",\n  "paths": {]\n}', 'spec:3:13: this is not valid JSON'],
    ['{"openapi": "3.1.0",', 'this is not valid JSON'],
    ['openapi: 3.1.0\npaths: [', 'this is not valid YAML'],
  ])('%j', async (text, message) => {
    const error = await refusal(text);
    expect(error.code).toBe('OPENAPI_INVALID');
    expect(error.message).toContain(message);
    expect(error.hint).not.toBeNull();
  });
});

describe('servers', () => {
  const serversOf = async (servers: unknown) =>
    (await readOpenApi(documentWith({ servers }), SOURCE)).servers;
  test('a relative one is resolved against the source', async () => {
    expect(await serversOf([{ url: '/v1/' }])).toEqual(['http://127.0.0.1:8000/v1']);
    expect(await serversOf([{ url: './v2' }])).toEqual(['http://127.0.0.1:8000/api/v2']);
  });
  test('none at all is the root of the source', async () => {
    expect(await serversOf([])).toEqual(['http://127.0.0.1:8000']);
  });
  test('none at all from a file is none', async () => {
    expect((await readOpenApi(documentWith({}), 'openapi.json')).servers).toEqual([]);
  });
  test('variables take their defaults', async () => {
    const variables = { host: { default: '127.0.0.1' }, port: { enum: ['81', '82'] } };
    expect(await serversOf([{ url: 'http://{host}:{port}/x', variables }])).toEqual([
      'http://127.0.0.1:81/x',
    ]);
  });
  test('a variable without any value leaves the server out, and says what to give', async () => {
    const servers = [{ url: 'http://127.0.0.1:{port}' }, { url: 'http://127.0.0.1:81' }];
    const document = await readOpenApi(documentWith({ servers }), SOURCE);
    expect(document.servers).toEqual(['http://127.0.0.1:81']);
    expect(document.notices[0]).toEqual({
      where: 'servers[0]',
      message: '{port} has no default, so that the server is left out; give base_url.',
    });
  });
  test('a default that is none of the values is used, with a notice', async () => {
    const servers = [
      { url: 'http://127.0.0.1:{port}', variables: { port: { default: '83', enum: ['81'] } } },
    ];
    const document = await readOpenApi(documentWith({ servers }), SOURCE);
    expect(document.servers).toEqual(['http://127.0.0.1:83']);
    expect(document.notices[0]?.message).toBe('{port} is "83", its default, which is none of its values.');
  });
  test('servers of a path or an operation are noted', async () => {
    const servers = [{ url: 'http://127.0.0.1:82' }];
    const get = { servers, responses: { 200: { description: 'ok' } } };
    const document = await readOpenApi(documentWith({ paths: { '/a': { servers, get } } }), SOURCE);
    expect(document.notices.map(({ where }) => where)).toEqual(['paths./a.servers', 'paths./a.get.servers']);
  });
  test('one that cannot be reached by HTTP is left out with a notice', async () => {
    const document = await readOpenApi(documentWith({ servers: [{ url: 'ws://a' }] }), SOURCE);
    expect(document.servers).toEqual([]);
    expect(document.notices).toEqual([
      { where: 'servers[0]', message: '"ws://a" is no absolute HTTP URL and is left out; give base_url.' },
    ]);
  });
});

describe('parameters', () => {
  const ok = { 200: { description: 'ok' } };
  const string = { type: 'string' };
  const parametersOf = async (item: object, path = '/a/{id}') => {
    const document = await readOpenApi(documentWith({ paths: { [path]: item } }), SOURCE);
    return { parameters: document.operations[0]?.parameters ?? [], notices: document.notices };
  };
  test("the path's are merged, and the operation's win", async () => {
    const { parameters } = await parametersOf({
      parameters: [
        { name: 'id', in: 'path', required: true, schema: string },
        { name: 'q', in: 'query', schema: string },
      ],
      get: {
        parameters: [{ name: 'q', in: 'query', required: true, schema: { type: 'integer' } }],
        responses: ok,
      },
    });
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['id', true],
      ['q', true],
    ]);
  });
  test('one without "in" is left out, and the rest is used', async () => {
    const { parameters, notices } = await parametersOf(
      { get: { parameters: [{ name: 'x' }, { name: 'y', in: 'query', schema: string }], responses: ok } },
      '/a',
    );
    expect(parameters.map(({ name }) => name)).toEqual(['y']);
    expect(notices).toContainEqual({ where: 'paths./a.get.parameters[0]', message: "'in' is missing." });
  });
  test('a name in the path that nothing declares is taken as text', async () => {
    const { parameters, notices } = await parametersOf({ get: { responses: ok } });
    expect(parameters).toMatchObject([{ name: 'id', place: 'path', schema: string }]);
    expect(notices[0]?.message).toContain('{id} is not declared');
  });
  test('headers that follow from body and security are no parameters', async () => {
    const named = (name: string) => ({ name, in: 'header', schema: string });
    const { parameters } = await parametersOf(
      { get: { parameters: [named('Authorization'), named('X-Trace')], responses: ok } },
      '/a',
    );
    expect(parameters.map(({ name }) => name)).toEqual(['X-Trace']);
  });
});

describe('references', () => {
  test('parameters, bodies and responses are followed', async () => {
    const document = await readOpenApi(
      documentWith({
        paths: {
          '/a': {
            post: {
              parameters: [{ $ref: '#/components/parameters/P' }],
              requestBody: { $ref: '#/components/requestBodies/B' },
              responses: { 200: { $ref: '#/components/responses/R' } },
            },
          },
        },
        components: {
          parameters: { P: { name: 'p', in: 'query', schema: { type: 'string' } } },
          requestBodies: { B: { required: true, content: { 'application/json': { example: { a: 1 } } } } },
          responses: {
            R: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      }),
      SOURCE,
    );
    const [operation] = document.operations;
    expect(operation?.parameters[0]?.name).toBe('p');
    expect(operation?.requestBody).toMatchObject({ required: true, example: { a: 1 } });
    expect(operation?.responses[0]?.schema).toEqual({ type: 'object' });
  });
  test.each([
    ['http://example.com/a.json#/x', 'points outside the document'],
    ['#/components/parameters/Gone', 'points to nothing'],
  ])('%s is left out with a notice', async ($ref, message) => {
    const document = await readOpenApi(
      documentWith({ paths: { '/a': { get: { parameters: [{ $ref }], responses: {} } } } }),
      SOURCE,
    );
    expect(document.operations[0]?.parameters).toEqual([]);
    expect(document.notices.map((notice) => notice.message).join()).toContain(message);
  });
  test('a circle of references is left out, and reading ends', async () => {
    const parameters = { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } };
    const paths = { '/a': { get: { parameters: [parameters.A], responses: { 200: { description: '' } } } } };
    const document = await readOpenApi(documentWith({ paths, components: { parameters } }), SOURCE);
    expect(document.notices.map((notice) => notice.message)).toContain(
      'its $ref leads in a circle and is left out.',
    );
  });
});

test('security asks for one of the sets, and for none when an empty set stands there', async () => {
  const components = {
    securitySchemes: {
      t: { type: 'http', scheme: 'bearer' },
      k: { type: 'apiKey', in: 'header', name: 'X-Key' },
    },
  };
  const responses = { 200: { description: 'ok' } };
  const paths = {
    '/a': {
      get: { responses },
      post: { responses, security: [{ k: [] }] },
      put: { responses, security: [{}] },
    },
  };
  const document = await readOpenApi(documentWith({ components, paths, security: [{ t: [] }] }), SOURCE);
  expect(
    document.operations.map(({ security }) =>
      security.map((set) => set.map(({ kind, parameter }) => [kind, parameter])),
    ),
  ).toEqual([[[['bearer', null]]], [[['api_key', 'X-Key']]], []]);
});

test('a document without paths is read, with a notice', async () => {
  const document = await readOpenApi('{"openapi":"3.1.0","info":{"title":"T","version":"1"}}', SOURCE);
  expect(document.operations).toEqual([]);
  expect(document.notices[0]?.where).toBe('paths');
});
