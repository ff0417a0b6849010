import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { PLAIN } from '../generate/plain-options.ts';

type Files = Readonly<Record<string, unknown>>;

function specWith(schema: object, more: object = {}): string {
  const content = { 'application/json': { schema } };
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'http://127.0.0.1:8000' }],
    paths: {
      '/a': { put: { requestBody: { required: true, content }, responses: { 200: { description: 'ok' } } } },
      ...more,
    },
  });
}

/** Reads a document whose others are `files`; gives the body that is made, the notices, and what was read. */
async function read(text: string, files: Files, source = 'api/spec.json') {
  const seen: string[] = [];
  const document = await readOpenApi(text, source, async (named) => {
    seen.push(named);
    if (!(named in files)) throw new AppError('NOT_FOUND', `There is no ${named}.`);
    return JSON.stringify(files[named]);
  });
  const { scenarios } = generateScenarios(document, {
    ...PLAIN,
    baseUrl: 'http://127.0.0.1:8000',
    shapes: ['jitter'],
    seed: 1,
  });
  const messages = document.notices.map(({ message }) => message);
  const calls = scenarios.map(({ items }) => items[0]?.call);
  return { body: JSON.parse(calls[0]?.body ?? 'null'), calls, messages, seen };
}

const user = (name: object) => ({ type: 'object', required: ['name'], properties: { name } });

test('a schema in a file beside the document is used, and what it refers to in turn', async () => {
  const files = {
    'api/schemas/user.yaml': { User: user({ $ref: '../names.json#/First' }) },
    'api/names.json': { First: { $ref: '#/Second' }, Second: { const: 'ann' } },
  };
  const { body, messages, seen } = await read(specWith({ $ref: './schemas/user.yaml#/User' }), files);
  expect(body).toEqual({ name: 'ann' });
  expect(messages).toEqual([]);
  expect(seen).toEqual(['api/schemas/user.yaml', 'api/names.json']);
});

test('one that is meant twice is read once, and circles end', async () => {
  const files = {
    'api/b.json': { B: user({ $ref: 'b.json#/Name' }), Name: { const: 'x' }, C: { $ref: 'spec.json' } },
  };
  const more = {
    '/b': {
      put: {
        requestBody: { content: { 'application/json': { schema: { $ref: 'b.json#/B' } } } },
        responses: {},
      },
    },
  };
  const { calls, seen } = await read(specWith({ $ref: 'b.json#/B' }, more), files);
  expect(calls.map((call) => call?.body)).toEqual(['{"name":"x"}', '{"name":"x"}']);
  expect(seen).toEqual(['api/b.json']);
});

test('references of a document from the network stay in the network', async () => {
  const source = 'http://127.0.0.1:8000/api/spec.json';
  const files = { 'http://127.0.0.1:8000/api/user.json': user({ const: 'net' }) };
  const near = await read(specWith({ $ref: 'user.json' }), files, source);
  expect(near.body).toEqual({ name: 'net' });
  const file = await read(specWith({ $ref: 'file:///etc/passwd' }), {}, source);
  expect(file.seen).toEqual([]);
  expect(file.messages[0]).toContain('points outside the document and is left out');
});

test('a whole operation may stand elsewhere', async () => {
  const item = { get: { responses: { 204: { description: 'gone' } } } };
  const { calls } = await read(specWith({}, { '/x': { $ref: 'paths.json#/x' } }), {
    'api/paths.json': { x: item },
  });
  expect(calls.map((call) => `${call?.method} ${call?.url}`)).toContain('GET http://127.0.0.1:8000/x');
});

test('what cannot be read is noted with the reason, and the rest is used', async () => {
  const { calls, messages } = await read(specWith(user({ $ref: 'gone.json#/Name' })), {});
  expect(messages).toContain('There is no api/gone.json.');
  expect(calls).toHaveLength(1);
});

test('text in examples that looks like a reference is not read', async () => {
  const { seen, body } = await read(specWith({ type: 'object', example: { $ref: 'secret.json' } }), {});
  expect(seen).toEqual([]);
  expect(body).toEqual({ $ref: 'secret.json' });
});

test('more than 50 documents are not read', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 80 }, (_, index) => [`api/${index}.json`, { A: { $ref: `${index + 1}.json#/A` } }]),
  );
  const { seen, messages } = await read(specWith({ $ref: '0.json#/A' }), files);
  expect(seen).toHaveLength(50);
  expect(messages.join()).toContain('A document may pull in 50 others and 64 MB');
});
