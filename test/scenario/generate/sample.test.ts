import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/random.ts';
import { findMisfit } from '../../../src/scenario/generate/check-sample.ts';
import { sampleValue } from '../../../src/scenario/generate/sample.ts';
import type { JsonSchema, JsonValue } from '../../../src/types.ts';

const sample = (schema: JsonSchema, root: JsonValue = {}, seed = 1) =>
  sampleValue(schema, 'value', { root, random: createRandom(seed) });

describe('a sample fits its schema', () => {
  test.each<[string, JsonSchema]>([
    ['integer', { type: 'integer' }],
    ['bounds', { type: 'integer', minimum: 7, maximum: 9 }],
    ['negative bounds', { type: 'number', maximum: -3 }],
    ['exclusive', { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 }],
    ['narrow', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.2 }],
    ['multipleOf', { type: 'integer', multipleOf: 7 }],
    ['fractional multipleOf', { type: 'number', multipleOf: 0.1, minimum: 0.25 }],
    ['length', { type: 'string', minLength: 40, maxLength: 44 }],
    ['short', { type: 'string', maxLength: 3 }],
    ['pattern of digits', { type: 'string', pattern: '^\\d{3}-\\d{4}$' }],
    ['pattern with choice', { type: 'string', pattern: '^(?:foo|ba[rz])_[A-Z]+\\.\\w{2,5}$' }],
    ['pattern and length', { type: 'string', pattern: '^[a-z0-9-]+$', minLength: 12 }],
    ['enum', { enum: ['x', 'y'] }],
    ['const', { const: 5 }],
    ['nullable', { type: ['null', 'integer'] }],
    ['uniqueItems', { type: 'array', items: { type: 'string' }, minItems: 3, uniqueItems: true }],
    [
      'unique integers',
      { type: 'array', items: { type: 'integer', maximum: 2 }, minItems: 3, uniqueItems: true },
    ],
    ['prefixItems', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] }],
    ['maxItems 0', { type: 'array', items: { type: 'string' }, maxItems: 0 }],
    [
      'allOf',
      {
        allOf: [
          { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
          { required: ['b'], properties: { b: { type: 'boolean' } } },
        ],
      },
    ],
    [
      'oneOf',
      {
        oneOf: [
          { type: 'null' },
          { type: 'object', required: ['k'], properties: { k: { type: 'integer' } } },
        ],
      },
    ],
    [
      'anyOf beside properties',
      {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        anyOf: [{ required: ['b'] }],
      },
    ],
    [
      'dependentRequired',
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        dependentRequired: { a: ['b'] },
      },
    ],
    ['minProperties', { type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } }],
  ])('%s', (_, schema) => {
    const value = sample(schema);
    expect(new Ajv2020({ strict: false }).validate(schema, value), JSON.stringify(value)).toBe(true);
  });
});

test('bounds of 3.0 are understood', () => {
  const schema = { type: 'integer', minimum: 3, exclusiveMinimum: true };
  expect(sample(schema)).toBe(4);
  expect(findMisfit(3, schema, {})).toBe('it must be > 3');
  expect(findMisfit(null, { type: 'string', nullable: true }, {})).toBeNull();
});

test('a list of two users differs where it must', () => {
  const schema = {
    type: 'array',
    minItems: 2,
    uniqueItems: true,
    items: { type: 'string', format: 'email' },
  };
  expect(sample(schema)).toEqual(['sample@example.com', 'sample2@example.com']);
});

test('read-only properties are not sent, optional ones only with a stated value', () => {
  const properties = {
    id: { type: 'integer', readOnly: true },
    name: { type: 'string', default: 'x' },
    note: { type: 'string' },
  };
  expect(sample({ type: 'object', required: ['id'], properties })).toEqual({ name: 'x' });
});

test('the same seed gives the same value, another seed another one', () => {
  const schema: JsonSchema = { type: 'string' };
  expect(sample(schema, {}, 3)).toBe(sample(schema, {}, 3));
  expect(sample(schema, {}, 3)).not.toBe(sample(schema, {}, 4));
});

describe('circles end', () => {
  const root = {
    defs: {
      Node: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', example: 'n' },
          next: { $ref: '#/defs/Node' },
          all: { type: 'array', items: { $ref: '#/defs/Node' }, example: [] },
        },
      },
      Endless: { type: 'object', required: ['self'], properties: { self: { $ref: '#/defs/Endless' } } },
      A: { $ref: '#/defs/B' },
      B: { $ref: '#/defs/A' },
      Tree: {
        type: 'object',
        required: ['children'],
        properties: { children: { type: 'array', items: { $ref: '#/defs/Tree' } } },
      },
      Mixed: {
        allOf: [
          { $ref: '#/defs/Mixed' },
          { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } },
        ],
      },
    },
  };
  test.each([
    ['Node', { name: 'n', all: [] }],
    ['Endless', null],
    ['Tree', { children: [] }],
    ['Mixed', { x: 1 }],
  ])('%s', (name, expected) => {
    expect(sample({ $ref: `#/defs/${name}` }, root)).toEqual(expected);
  });
  test('parts of each other are merged once', () => {
    const both = {
      defs: {
        L: {
          allOf: [{ $ref: '#/defs/R' }],
          type: 'object',
          required: ['l'],
          properties: { l: { const: 1 } },
        },
        R: { allOf: [{ $ref: '#/defs/L' }], required: ['r'], properties: { r: { const: 2 } } },
      },
    };
    expect(sample({ $ref: '#/defs/L' }, both)).toEqual({ l: 1, r: 2 });
  });
  test('a schema that multiplies at each of its levels is given up, not made', () => {
    const level = (index: number) => ({
      type: 'object',
      required: ['a', 'b', 'c', 'd'],
      properties: Object.fromEntries(
        ['a', 'b', 'c', 'd'].map((key) => [key, { $ref: `#/defs/D${index + 1}` }]),
      ),
    });
    const defs = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`D${index}`, level(index)]));
    expect(sample({ $ref: '#/defs/D0' }, { defs: { ...defs, D11: { type: 'integer' } } })).toBeNull();
  });
  test('a chain of 2,000 parts ends', () => {
    const defs = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [
        `C${index}`,
        { type: 'object', allOf: [{ $ref: `#/defs/C${index + 1}` }] },
      ]),
    );
    expect(sample({ $ref: '#/defs/C0' }, { defs })).toEqual({});
  });
  test('references that only lead to each other allow anything', () => {
    expect(sample({ $ref: '#/defs/A' }, root)).toMatch(/^sample-/);
  });
  test('a check of a circular schema ends', () => {
    expect(findMisfit({ children: [{ children: 1 }] }, { $ref: '#/defs/Tree' }, root)).toContain(
      'must be array',
    );
  });
});
