import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeInput, readArguments } from '../../../src/tools/session/arguments.ts';

const input = z.strictObject({
  run_id: z.string(),
  count: z.number().int().min(1).max(10).default(3),
  exact: z.boolean().default(false),
  names: z.array(z.string()).default([]),
  headers: z.record(z.string(), z.string()).default({}),
});

const read = (raw: unknown) => {
  const result = readArguments(input, raw);
  return result.ok ? result.value : result.messages;
};

test('arguments as they should be are read, with defaults', () => {
  expect(read({ run_id: 'r' })).toEqual({ run_id: 'r', count: 3, exact: false, names: [], headers: {} });
});

test.each([
  ['a number in a string', { run_id: 'r', count: '4' }, { count: 4 }],
  ['a boolean in a string', { run_id: 'r', exact: 'True' }, { exact: true }],
  ['one value for a list of one', { run_id: 'r', names: 'a' }, { names: ['a'] }],
  ['a list in a string', { run_id: 'r', names: '["a","b"]' }, { names: ['a', 'b'] }],
  ['an object in a string', { run_id: 'r', headers: '{"A":"b"}' }, { headers: { A: 'b' } }],
  ['camelCase', { runId: 'r' }, { run_id: 'r' }],
  ['dashes', { 'run-id': 'r' }, { run_id: 'r' }],
  ['null for what is absent', { run_id: 'r', names: null }, { names: [] }],
])('%s is mended', (_slip, raw, expected) => {
  expect(read(raw)).toMatchObject(expected);
});

test('a number in words is not mended but named, with what was expected', () => {
  expect(read({ run_id: 'r', count: 'four' })).toEqual([
    expect.stringMatching(/^count: .*expected number.*got "four"/),
  ]);
});

test('a value out of bounds says the bound', () => {
  expect(read({ run_id: 'r', count: 11 })).toEqual([expect.stringMatching(/^count: .*<=10; got "11"/)]);
});

test('a choice that is none names all, and the nearest', () => {
  const choice = z.strictObject({ view: z.enum(['summary', 'fidelity']) });
  const told = (view: string) => {
    const result = readArguments(choice, { view });
    return result.ok ? [] : result.messages;
  };
  expect(told('fidelty')).toEqual([
    'view: expected one of summary, fidelity; got "fidelty". Did you mean fidelity?',
  ]);
  expect(told('x')).toEqual(['view: expected one of summary, fidelity; got "x".']);
});

test('what is missing is named', () => {
  expect(read({})).toEqual([expect.stringMatching(/^run_id: missing/)]);
});

test('an unknown argument names the nearest known one', () => {
  expect(read({ run_id: 'r', cout: 1 })).toEqual(['"cout" is no argument; did you mean count?']);
});

test('an unknown argument that is near to none lists all', () => {
  expect(read({ run_id: 'r', temperature: 1 })).toEqual([
    expect.stringMatching(/known are run_id, count, exact/),
  ]);
});

test('an integer with bounds shows them and no others', () => {
  expect(describeInput(input)).toMatchObject({
    type: 'object',
    properties: { count: { type: 'integer', minimum: 1, maximum: 10 } },
  });
});
