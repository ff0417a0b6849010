import { describe, expect, test } from 'vitest';
import { compileSchema } from '../../../src/scenario/compile-schema.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { findResponseSchema } from '../../../src/scenario/openapi/response-schema.ts';
import type { JsonValue } from '../../../src/types.ts';
import { makeItem } from '../fixtures.ts';

const json = (schema: object) => ({ description: 'ok', content: { 'application/json': { schema } } });

async function find(
  responses: object,
  {
    statuses = [200],
    version = '3.0.3',
    schemas = {},
    url = 'http://127.0.0.1/v1/users/{id}',
    operationId = null as string | null,
  } = {},
) {
  const whole = {
    openapi: version,
    info: { title: 'T', version: '1' },
    components: { schemas },
    paths: { '/users/{id}': { get: { operationId: 'read', responses } } },
  };
  const document = await readOpenApi(JSON.stringify(whole), 'spec.json');
  const { call, expect: expected } = makeItem({ url, expect: { statuses } });
  return findResponseSchema(document, { ...call, operationId }, expected);
}

/** In what a value does not fit the answer's schema; `null`: it fits. */
async function misfit(value: JsonValue, ...args: Parameters<typeof find>) {
  const found = await find(...args);
  if ('reason' in found) throw new Error(found.reason);
  const check = compileSchema(found.schema);
  if (check === null) throw new Error('it cannot be compiled');
  return check(value);
}

describe('the schema of an answer', () => {
  const user = {
    type: 'object',
    required: ['id', 'name', 'password'],
    additionalProperties: false,
    properties: {
      id: { type: 'integer', readOnly: true },
      name: { type: 'string', nullable: true },
      password: { type: 'string', writeOnly: true },
      role: { nullable: true, enum: ['admin', 'user'] },
      boss: { nullable: true, allOf: [{ $ref: '#/components/schemas/User' }] },
      discriminator: { type: 'string' },
      example: { $ref: '#/components/schemas/Name' },
      age: { type: 'integer', minimum: 0, exclusiveMinimum: true },
    },
  };
  const schemas = { User: user, Name: { type: 'string' } };
  const responses = { 200: json({ $ref: '#/components/schemas/User' }) };
  test.each([
    [{ id: 1, name: 'a' }, null],
    [{ id: 1, name: null, role: null, boss: null }, null],
    [{ id: 1, name: 'a', boss: { id: 2, name: 'b', boss: null } }, null],
    [{ id: 1, name: 'a', discriminator: 'x', example: 'y' }, null],
    [{ name: 'a' }, "it must have required property 'id'"],
    [{ id: '1', name: 'a' }, '/id must be integer'],
    [{ id: 1, name: 'a', age: 0 }, '/age must be > 0'],
    [{ id: 1, name: 'a', role: 'boss' }, '/role must be equal to one of the allowed values: admin, user, '],
    [{ id: 1, name: 'a', x: 1 }, 'it must NOT have additional properties (x)'],
    [{ id: 1, name: 'a', example: 5 }, '/example must be string'],
    [[], 'it must be object'],
  ])('of 3.0 %j: %s', async (value, said) => {
    expect(await misfit(value, responses, { schemas })).toBe(said);
  });
  test('of 3.1 is that of JSON Schema 2020-12', async () => {
    const list = json({
      type: 'array',
      prefixItems: [{ type: ['string', 'null'] }, { exclusiveMinimum: 3 }],
      unevaluatedItems: false,
    });
    const options = { version: '3.1.0' };
    expect(await misfit([null, 4], { 200: list }, options)).toBeNull();
    expect(await misfit([null, 3], { 200: list }, options)).toBe('/1 must be > 3');
    expect(await misfit([null, 4, 5], { 200: list }, options)).toBe('it must NOT have more than 2 items');
  });
  test('is that of the status that is expected, of several one', async () => {
    const two = {
      200: json({ $ref: '#/components/schemas/A' }),
      202: json({ $ref: '#/components/schemas/B' }),
    };
    const pair = { A: { type: 'integer' }, B: { type: 'string' } };
    expect(await misfit('x', two, { schemas: pair })).toBe('it must be integer');
    expect(await misfit('x', two, { schemas: pair, statuses: [200, 202] })).toBeNull();
    expect(await misfit(1, two, { schemas: pair, statuses: [200, 202] })).toBeNull();
    expect(await misfit(true, two, { schemas: pair, statuses: [200, 202] })).not.toBeNull();
  });
  test('is found by operation id, and else by method and path', async () => {
    const one = { 200: json({ type: 'integer' }) };
    expect(await misfit('x', one, { operationId: 'read', url: 'http://127.0.0.1/elsewhere' })).toBe(
      'it must be integer',
    );
    expect(await find(one, { url: 'http://127.0.0.1/nothing' })).toEqual({
      reason: 'spec.json has no operation GET /nothing',
    });
  });
  test('that is missing, or is not of JSON, is a reason', async () => {
    const text = { description: 'ok', content: { 'text/plain': { schema: { type: 'string' } } } };
    for (const response of [{ description: 'ok' }, text]) {
      expect(await find({ 200: response })).toEqual({
        reason: 'spec.json declares no JSON schema for the answers of GET /v1/users/{id}',
      });
    }
  });
});
