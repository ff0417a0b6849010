import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { readScenarios } from '../../../src/scenario/file/read.ts';
import { writeScenarios } from '../../../src/scenario/file/write.ts';
import { type GenerateOptions, generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readTemplates } from '../../../src/scenario/generate/templates.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import type { OpenApiDocument } from '../../../src/types-openapi.ts';
import { RICH } from '../openapi/rich-document.ts';
import { PLAIN } from './plain-options.ts';

const golden = (name: string) => readFileSync(`test/golden/${name}`, 'utf8');
const ok = { 200: { description: 'ok' } };

let users: OpenApiDocument;
beforeAll(async () => {
  users = await readOpenApi(golden('users-openapi.json'), 'http://localhost:9090/openapi.json');
});

function documentOf(paths: object, more: object = {}): Promise<OpenApiDocument> {
  const whole = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'http://127.0.0.1:8000' }],
    paths,
  };
  return readOpenApi(JSON.stringify({ ...whole, ...more }), 'spec.json');
}

/** The first scenario of each operation, which all shapes share the call of. */
async function spikeOf(paths: object, options: Partial<GenerateOptions> = {}) {
  const document = await documentOf(paths);
  const { scenarios, notices } = generateScenarios(document, {
    ...PLAIN,
    shapes: ['latency_spike'],
    ...options,
  });
  return { scenarios, notices, item: scenarios[0]?.items[0], config: scenarios[0]?.config };
}

test('the reference service gives the same file every time', async () => {
  const yaml = writeScenarios(generateScenarios(users, PLAIN).scenarios);
  await expect(yaml).toMatchFileSnapshot('../../golden/users-scenarios.yaml');
});

test('a document with credentials, links and a dependency gives the same file every time, a template included', async () => {
  const document = await readOpenApi(JSON.stringify(RICH), 'shop.json');
  const template = `
title: Slow for {{endpoint}}
items:
- context: { faults: [{ type: latency, mean: 100 }] }
  expect: { status: documented, body_matches_schema: true }
`;
  const { scenarios, notices } = generateScenarios(document, {
    ...PLAIN,
    seed: 5,
    includeDelete: true,
    shapes: ['slow_body', 'retry_check', 'slow'],
    templates: readTemplates([{ text: template, source: 'slow.yaml' }]),
    auth: [{ name: 'key', kind: 'api_key', place: 'query', parameter: 'api_key', variable: 'KEY' }],
    dependencies: {
      db: { listenPort: 35432, upstream: { protocol: 'psql', host: '127.0.0.1', port: 5432 } },
    },
  });
  const listed = notices.map(({ where, message }) => `# ${where}: ${message}`).join('\n');
  await expect(`${listed}\n${writeScenarios(scenarios)}`).toMatchFileSnapshot(
    '../../golden/rich-scenarios.yaml',
  );
});

test('the scenarios of "GET /" are those of the reference, packet loss made a load', () => {
  const { scenarios } = generateScenarios(users, { ...PLAIN, operations: ['index__get'] });
  const reference = readScenarios(golden('reference-fault.yaml'), 'f.yaml').scenarios;
  const loss = 3;
  expect(scenarios.toSpliced(loss, 1)).toEqual(reference.toSpliced(loss, 1));
  expect(scenarios[loss]).toMatchObject({
    title: reference[loss]?.title,
    description: reference[loss]?.description,
  });
  expect(scenarios[loss]?.items[0]?.context).toMatchObject({
    faults: reference[loss]?.items[0]?.context.faults,
    strategy: { mode: 'load', durationMs: 10_000, clients: 2, requestsPerSecond: 5 },
  });
});

test('what is generated is read back as it was', () => {
  const { scenarios } = generateScenarios(users, PLAIN);
  expect(readScenarios(writeScenarios(scenarios), 'f.yaml')).toMatchObject({ scenarios, notices: [] });
});

test('counts name each scenario, and the time is that of the loads and more', () => {
  const { counts, expectedMs } = generateScenarios(users, PLAIN);
  expect(counts).toHaveLength(24);
  expect(counts.slice(7, 9)).toEqual([
    { endpoint: 'GET /', shape: 'blackhole' },
    { endpoint: 'POST /users/', shape: 'latency_spike' },
  ]);
  expect(expectedMs).toBeGreaterThan(3 * 53_000);
});

describe('links', () => {
  test('an id comes from the POST that creates it, and the guess is reported', () => {
    const { scenarios, notices } = generateScenarios(users, {
      ...PLAIN,
      operations: ['GET /users/{user_id}'],
    });
    expect(scenarios[0]?.items[0]?.call.url).toBe('http://localhost:9090/users/{user_id}');
    expect(scenarios[0]?.config.setup).toMatchObject([
      {
        method: 'POST',
        url: 'http://localhost:9090/users/',
        capture: { user_id: ['/id', '/user_id', 'header.Location'] },
      },
    ]);
    expect(notices[0]?.message).toContain('{user_id} comes from POST /users/');
    expect(notices[0]?.message).toContain('/id or /user_id or header.Location of its answer');
    expect(notices[0]?.message).toContain('that is a guess');
  });
  test('a value that is given needs no creator', () => {
    const { scenarios } = generateScenarios(users, {
      ...PLAIN,
      operations: ['GET /users/{user_id}'],
      pathValues: { user_id: '7' },
    });
    expect(scenarios[0]?.config).toMatchObject({ segments: { user_id: '7' }, setup: [] });
  });
  test('where nothing creates it, it is a sample of at least 1, with a notice', async () => {
    const { config, notices } = await spikeOf({
      '/things/{id}': {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          responses: ok,
        },
      },
    });
    expect(config).toMatchObject({ segments: { id: '1' }, setup: [] });
    expect(notices[0]?.message).toContain('nothing in the document creates {id}');
  });
  test('the response schema says where the id stands', async () => {
    const answer = {
      description: 'made',
      content: {
        'application/json': { schema: { type: 'object', properties: { story_id: { type: 'integer' } } } },
      },
    };
    const { config, notices } = await spikeOf(
      { '/stories': { post: { responses: { 201: answer } } }, '/stories/{id}': { get: { responses: ok } } },
      { paths: ['/stories/{id}'] },
    );
    expect(config?.setup[0]?.capture).toEqual({ id: '/story_id' });
    expect(notices.map(({ message }) => message).join()).not.toContain('guess');
  });
  test("the document's own links win", async () => {
    const links = { get: { operationId: 'read', parameters: { id: '$response.body#/key/0' } } };
    const { config } = await spikeOf(
      {
        '/make': { post: { responses: { 200: { description: 'ok', links } } } },
        '/stories/{id}': { get: { operationId: 'read', responses: ok } },
      },
      { operations: ['read'] },
    );
    expect(config?.setup).toMatchObject([{ url: 'http://127.0.0.1:8000/make', capture: { id: '/key/0' } }]);
  });
  test.each([
    ['#/paths/~1stories~1{id}/get', '$response.header.Location', 'header.Location'],
    ['#/paths/~1stories~1%7Bid%7D/get', '$response.body#/key', '/key'],
  ])('a link by operationRef %s is followed', async (operationRef, expression, place) => {
    const links = { get: { operationRef, parameters: { 'path.id': expression } } };
    const { config, notices } = await spikeOf(
      {
        '/make': { post: { responses: { 201: { description: 'made', links } } } },
        '/stories/{id}': { get: { responses: ok } },
      },
      { paths: ['/stories/{id}'] },
    );
    expect(config?.setup).toMatchObject([{ url: 'http://127.0.0.1:8000/make', capture: { id: place } }]);
    expect(notices.map(({ message }) => message).join()).not.toContain('guess');
  });
  test('a link may state the value itself', async () => {
    const links = { get: { operationId: 'read', parameters: { id: 17 } } };
    const { config } = await spikeOf(
      {
        '/make': { post: { responses: { 201: { description: 'made', links } } } },
        '/stories/{id}': { get: { operationId: 'read', responses: ok } },
      },
      { operations: ['read'] },
    );
    expect(config).toMatchObject({ setup: [], segments: { id: '17' } });
  });
  test('an operationRef that leads nowhere is noted', async () => {
    const links = {
      get: { operationRef: 'other.yaml#/paths/~1a/get', parameters: { id: '$response.body#/id' } },
    };
    const document = await documentOf({
      '/a': { post: { responses: { 200: { description: 'ok', links } } } },
    });
    expect(document.notices.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('is no operation of this document'),
    );
  });
  test('a Location that is declared is used where no schema is', async () => {
    const made = { description: 'made', headers: { Location: { schema: { type: 'string' } } } };
    const { config } = await spikeOf(
      { '/stories': { post: { responses: { 201: made } } }, '/stories/{id}': { get: { responses: ok } } },
      { paths: ['/stories/{id}'] },
    );
    expect(config?.setup[0]?.capture).toEqual({ id: 'header.Location' });
  });
  test('nested things are created in order', async () => {
    const { config } = await spikeOf(
      {
        '/a': { post: { responses: ok } },
        '/a/{x}/b': { post: { responses: ok } },
        '/a/{x}/b/{y}': { get: { responses: ok } },
      },
      { methods: ['GET'] },
    );
    expect(config?.setup.map(({ url, capture }) => [url, capture])).toEqual([
      ['http://127.0.0.1:8000/a', { x: ['/id', '/x', 'header.Location'] }],
      ['http://127.0.0.1:8000/a/{x}/b', { y: ['/id', '/y', 'header.Location'] }],
    ]);
  });
});

describe('requests', () => {
  test('required query, header and cookie parameters are sent, and optional ones with an example', async () => {
    const parameters = [
      { name: 'q', in: 'query', required: true, schema: { type: 'string', minLength: 30 } },
      {
        name: 'tags',
        in: 'query',
        example: ['a b', 'c'],
        schema: { type: 'array', items: { type: 'string' } },
      },
      { name: 'page', in: 'query', schema: { type: 'integer' } },
      { name: 'X-Tenant', in: 'header', required: true, schema: { enum: ['blue', 'red'] } },
      { name: 'sid', in: 'cookie', required: true, schema: { type: 'integer', minimum: 5 } },
    ];
    const { item } = await spikeOf({ '/a': { get: { parameters, responses: ok } } });
    const url = new URL(item?.call.url ?? '');
    expect(url.searchParams.get('q')).toHaveLength(30);
    expect(url.searchParams.getAll('tags')).toEqual(['a b', 'c']);
    expect(url.searchParams.has('page')).toBe(false);
    expect(item?.call.headers).toEqual({ 'X-Tenant': 'blue', Cookie: 'sid=5' });
  });
  test('a stated example is the body of a PUT, as it is', async () => {
    const content = { 'application/json': { example: { name: "O'Brien" } } };
    const { item } = await spikeOf({
      '/a': { put: { requestBody: { content }, responses: { 204: { description: '' } } } },
    });
    expect(item?.call).toMatchObject({
      body: '{"name":"O\'Brien"}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(item?.expect.statuses).toEqual([204]);
    expect(item?.context.preflight).toBe(true);
  });
  test('a POST has a fresh value where a name or address may have to be unique, and nowhere else', async () => {
    const properties = {
      name: { type: 'string' },
      email: { type: 'string', format: 'email' },
      password: { type: 'string' },
      title: { type: 'string', maxLength: 20 },
      country_code: { type: 'string' },
    };
    const schema = { type: 'object', required: Object.keys(properties), properties };
    const { item } = await spikeOf({
      '/a': { post: { requestBody: { content: { 'application/json': { schema } } }, responses: ok } },
    });
    const body = JSON.parse(item?.call.body ?? '');
    expect(body).toMatchObject({ name: '{{uuid}}', email: '{{uuid}}@example.com' });
    for (const key of ['password', 'title', 'country_code']) expect(body[key]).toMatch(/^sample-/);
  });
  test('a form is written as a form', async () => {
    const schema = {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { const: 'x y' }, b: { type: 'integer' } },
    };
    const content = { 'application/x-www-form-urlencoded': { schema } };
    const { item } = await spikeOf({ '/a': { patch: { requestBody: { content }, responses: ok } } });
    expect(item?.call.body).toBe('a=x%20y&b=1');
  });
  test('a form that is posted keeps the braces of its fresh value', async () => {
    const schema = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
    const content = { 'application/x-www-form-urlencoded': { schema } };
    const { item } = await spikeOf({ '/a': { post: { requestBody: { content }, responses: ok } } });
    expect(item?.call.body).toBe('name={{uuid}}');
  });
  test('a file of a multipart body has a name, a field has none', async () => {
    const properties = { file: { type: 'string', format: 'binary' }, note: { const: 'n' } };
    const schema = { type: 'object', required: ['file', 'note'], properties };
    const { item } = await spikeOf({
      '/a': { post: { requestBody: { content: { 'multipart/form-data': { schema } } }, responses: ok } },
    });
    const boundary = /boundary=(.+)$/.exec(item?.call.headers['Content-Type'] ?? '')?.[1];
    expect(item?.call.body?.split(`--${boundary}`).map((part) => part.trim())).toEqual([
      '',
      'Content-Disposition: form-data; name="file"; filename="sample.txt"\r\n\r\nsample',
      'Content-Disposition: form-data; name="note"\r\n\r\nn',
      '--',
    ]);
  });
  test('a body without its read-only properties raises no alarm, one that breaks its pattern does', async () => {
    const bodyOf = (name: object) => {
      const properties = { id: { type: 'integer', readOnly: true }, name };
      const schema = { type: 'object', required: ['id', 'name'], properties };
      return { put: { requestBody: { content: { 'application/json': { schema } } }, responses: ok } };
    };
    const { notices } = await spikeOf({
      '/good': bodyOf({ type: 'string' }),
      '/bad': bodyOf({ type: 'string', pattern: '^(?=x)..$' }),
    });
    expect(notices).toEqual([
      {
        where: 'PUT /bad',
        message: expect.stringMatching(/^the body made may not be accepted: \/name must match pattern/),
      },
    ]);
  });
  test('every documented success is expected, a redirect where it is the only one; any where none is', async () => {
    const { scenarios } = await spikeOf({
      '/a': {
        get: { responses: { 202: { description: '' }, 200: { description: '' }, 404: { description: '' } } },
      },
      '/b': { get: { responses: { default: { description: '' } } } },
      '/c': { get: { responses: { 303: { description: '' }, 404: { description: '' } } } },
      '/d': { get: { responses: { 206: { description: '' }, '2XX': { description: '' } } } },
    });
    expect(scenarios.map(({ items }) => items[0]?.expect.statuses)).toEqual([
      [200, 202],
      [200, 201, 202, 204],
      [303],
      [200, 201, 202, 204, 206],
    ]);
  });
});

describe('choice', () => {
  const paths = {
    '/a/b': { get: { tags: ['x'], responses: ok }, delete: { responses: ok }, head: { responses: ok } },
    '/c': { get: { operationId: 'c', responses: ok } },
  };
  const urlsOf = async (options: Partial<GenerateOptions>) =>
    (await spikeOf(paths, options)).scenarios.map(
      ({ items }) => `${items[0]?.call.method} ${items[0]?.call.url.slice(21)}`,
    );
  test.each([
    [{ tags: ['x'] }, ['GET /a/b']],
    [{ paths: ['/a/**'] }, ['GET /a/b']],
    [{ operations: ['c'] }, ['GET /c']],
    [{ operations: ['get /c'] }, ['GET /c']],
    [{ methods: ['head'] }, ['HEAD /a/b']],
    [{ includeDelete: true, paths: ['/a/b'] }, ['GET /a/b', 'DELETE /a/b']],
  ])('%j', async (options, expected) => {
    expect(await urlsOf(options)).toEqual(expected);
  });
  test('what the method leaves out is noted', async () => {
    const { notices } = await spikeOf(paths);
    expect(notices).toEqual([
      { where: 'DELETE /a/b', message: 'left out: DELETE is only called with include_delete.' },
      { where: 'HEAD /a/b', message: 'left out: HEAD is only called when "methods" names it.' },
    ]);
  });
  test('DELETE is never repeated', async () => {
    const { scenarios } = await spikeOf(paths, { includeDelete: true, methods: ['DELETE'], shapes: [] });
    expect(scenarios.map(({ items }) => items[0]?.context.strategy.mode)).toEqual(['single', 'single']);
  });
  test.each([
    [{ shapes: ['latency_spik'] }, 'the nearest is "latency_spike"'],
    [{ shapes: ['dependency_down'] }, 'need a dependency'],
    [{ operations: ['d'] }, 'there is no operation "d"'],
    [{ tags: ['none'] }, 'no operation passes the filters'],
    [{ baseUrl: 'localhost' }, 'base_url: expected a URL'],
  ])('%j is refused', async (options, message) => {
    const error = await spikeOf(paths, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toContain(message);
  });
});

test('base_url is where calls and upstreams go; an origin alone keeps the path of the server', async () => {
  const document = await documentOf(
    { '/a': { get: { responses: ok } } },
    { servers: [{ url: 'http://x/v1' }] },
  );
  const { scenarios } = generateScenarios(document, { ...PLAIN, baseUrl: 'http://127.0.0.1:9/' });
  expect(scenarios[0]?.items[0]).toMatchObject({
    call: { url: 'http://127.0.0.1:9/v1/a' },
    context: { upstreams: ['http://127.0.0.1:9'] },
  });
});

test('a dependency gets its five shapes, the retry check not unasked, and a mapping only where a port is stated', async () => {
  const document = await documentOf({ '/a': { get: { responses: ok } } });
  const upstream = { protocol: 'http', host: '127.0.0.1', port: 7200 } as const;
  const dependencies = {
    payments: { listenPort: 0, upstream },
    db: { listenPort: 35432, upstream: { ...upstream, protocol: 'psql', port: 5432 } as const },
  };
  const { scenarios, notices } = generateScenarios(document, { ...PLAIN, dependencies });
  expect(notices).toEqual([
    {
      where: 'bandwidth_answer, retry_check',
      message: 'left out: only made where "shapes" names it.',
    },
  ]);
  const made = scenarios.slice(8);
  expect(made.map(({ title }) => title)).toEqual([
    'Dependency payments slow by 400 ms',
    'Dependency db slow by 400 ms',
    'Dependency payments hangs',
    'Dependency db hangs',
    'Dependency payments down',
    'Dependency db down',
    'Dependency payments answers drop by drop',
    'Dependency db answers drop by drop',
    'Dependency payments resets in mid-answer',
    'Dependency db resets in mid-answer',
  ]);
  expect(made[2]?.items[0]).toMatchObject({
    call: { timeoutMs: 10_000 },
    context: {
      upstreams: ['http://127.0.0.1:7200'],
      proxy: { mappings: [] },
      faults: [{ type: 'blackhole', periods: [] }],
    },
    expect: { statuses: [200, 502, 503, 504], responseTimeUnderMs: 5_000 },
  });
  expect(made[3]?.items[0]?.context).toMatchObject({
    upstreams: ['psql://127.0.0.1:5432'],
    proxy: { mappings: [{ listenPort: 35432 }] },
  });
});

test('security that nothing is given for is noted, and the value of a secret header is not written', async () => {
  const components = { securitySchemes: { t: { type: 'http', scheme: 'bearer' } } };
  const document = await documentOf(
    { '/a': { get: { responses: ok } } },
    { components, security: [{ t: [] }] },
  );
  expect(generateScenarios(document, PLAIN).notices[0]?.message).toContain('asks for t (bearer)');
  const { notices, scenarios } = generateScenarios(document, {
    ...PLAIN,
    shapes: ['jitter'],
    headers: { Authorization: 'Bearer x' },
  });
  expect(notices.map(({ where }) => where)).toEqual(['headers']);
  expect(scenarios[0]?.config.headers).toEqual({ Authorization: '***' });
});
