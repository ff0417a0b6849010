import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { readScenarios } from '../../../src/scenario/file/read.ts';
import { writeScenarios } from '../../../src/scenario/file/write.ts';
import { type GenerateOptions, generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readTemplates } from '../../../src/scenario/generate/templates.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { PLAIN } from './plain-options.ts';

const OPTIONS: GenerateOptions = { ...PLAIN, shapes: ['own'], seed: 3 };
const PAYMENTS = {
  listenPort: 0,
  upstream: { protocol: 'http', host: '127.0.0.1', port: 7200 },
} as const;

async function make(text: string, options: Partial<GenerateOptions> = {}) {
  const spec = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'http://127.0.0.1:8000' }],
    paths: {
      '/users': { post: { operationId: 'make', responses: { 201: { description: 'made' } } } },
      '/users/{id}': {
        get: { operationId: 'read', responses: { 200: { description: 'ok' }, 204: { description: '' } } },
        delete: { operationId: 'drop', responses: { 204: { description: 'gone' } } },
      },
    },
  };
  const document = await readOpenApi(JSON.stringify(spec), 'spec.json');
  const templates = readTemplates([{ text, source: 'templates/own.yaml' }]);
  return generateScenarios(document, { ...OPTIONS, templates, ...options });
}

const OWN = `
title: Half a second for {{endpoint}}
description: '{{method}} of {{path}} ({{operation_id}}) at {{origin}}'
config:
  http: { headers: { X-Test: '{{operation_id}}', X-Trace: '{{uuid}}' } }
items:
- call: { timeout: 700, headers: { X-Chaos: '1' } }
  context:
    faults: [{ type: latency, mean: 500 }]
  expect: { status: documented, response_time_under: 900 }
`;

test('a template becomes one scenario for each operation, with its call, setup and statuses', async () => {
  const { scenarios, counts } = await make(OWN);
  expect(counts).toEqual([
    { endpoint: 'POST /users', shape: 'own' },
    { endpoint: 'GET /users/{id}', shape: 'own' },
  ]);
  expect(scenarios[1]).toMatchObject({
    title: 'Half a second for GET /users/{id}',
    description: 'GET of /users/{id} (read) at http://127.0.0.1:8000',
    config: {
      headers: { 'X-Test': 'read', 'X-Trace': '{{uuid}}' },
      seed: 3,
      setup: [{ method: 'POST', url: 'http://127.0.0.1:8000/users' }],
    },
    items: [
      {
        call: {
          method: 'GET',
          url: 'http://127.0.0.1:8000/users/{id}',
          headers: { 'X-Chaos': '1' },
          timeoutMs: 700,
          operationId: 'read',
        },
        context: { upstreams: ['http://127.0.0.1:8000'], strategy: { mode: 'single' } },
        expect: { statuses: [200, 204], responseTimeUnderMs: 900 },
      },
    ],
  });
  expect(readScenarios(writeScenarios(scenarios), 'f.yaml')).toMatchObject({ scenarios, notices: [] });
});

test('shapes and templates are made together, and each by its name', async () => {
  expect((await make(OWN, { shapes: [] })).counts.filter(({ shape }) => shape === 'own')).toHaveLength(2);
  expect((await make(OWN, { shapes: ['jitter', 'own'] })).counts.map(({ shape }) => shape)).toEqual([
    'jitter',
    'own',
    'jitter',
    'own',
  ]);
});

test('an item with a URL of its own keeps its call', async () => {
  const { scenarios } = await make(`
title: Health after {{operation_id}}
items:
- call: {}
- call: { url: '{{origin}}/health' }
  expect: { status: 200 }
`);
  expect(scenarios[0]?.items.map(({ call }) => `${call.method} ${call.url}`)).toEqual([
    'POST http://127.0.0.1:8000/users',
    'GET http://127.0.0.1:8000/health',
  ]);
});

test('one that names a dependency is made for each, and left out with the reason where there is none', async () => {
  const text = `
title: '{{dependency}} away'
items:
- context: { faults: [{ type: refuse }] }
  expect: { status: 503 }
`;
  const { scenarios } = await make(text, { dependencies: { payments: PAYMENTS }, operations: ['read'] });
  expect(scenarios).toMatchObject([
    { title: 'payments away', items: [{ context: { upstreams: ['http://127.0.0.1:7200'] } }] },
  ]);
  const without = await make(text, { shapes: [], operations: ['read'] });
  expect(without.notices.map(({ where, message }) => `${where}: ${message}`)).toContainEqual(
    expect.stringMatching(/own: left out: no dependency is named/),
  );
});

test('a template that repeats the call is not made for DELETE', async () => {
  const load = OWN.replace(
    'context:',
    'context:\n    strategy: { mode: load, duration: 2s, clients: 1, rps: 1 }',
  );
  const { counts, notices } = await make(load, { includeDelete: true, methods: ['DELETE', 'GET'] });
  expect(counts.map(({ endpoint }) => endpoint)).toEqual(['GET /users/{id}']);
  expect(notices.map(({ message }) => message)).toContainEqual(expect.stringContaining('left out: own'));
});

describe('what does not fit is refused with its place in the template', () => {
  test.each([
    [
      OWN.replace('{{origin}}', '{{orign}}'),
      'templates/own.yaml:3:14: unknown placeholder {{orign}}; the nearest known one is {{origin}}.',
    ],
    [
      OWN.replace('faults:', 'fault:'),
      'templates/own.yaml:9:5: unknown key "fault" in a context; the nearest known one is "faults".',
    ],
    [
      OWN.replace('timeout: 700', 'method: GET'),
      'templates/own.yaml:7:9: a call with a "method" needs a "url"',
    ],
    [OWN.replace('documented', 'any'), 'templates/own.yaml:10:21: expected a number from 100 to 599'],
    ['title: T', 'a scenario needs "items"'],
    ['title: [', 'this is not valid YAML'],
    ['', 'the file holds no scenario'],
  ])('%#', async (text, message) => {
    const error = await make(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toContain(message);
    expect((error as AppError).code).toBe('SCENARIO_INVALID');
  });
  test('a file with the name of a shape', () => {
    expect(() => readTemplates([{ text: OWN, source: 'templates/jitter.yaml' }])).toThrow(
      'there is a shape or template "jitter" already',
    );
  });
});
