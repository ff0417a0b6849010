import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';

const USERS = readFileSync('test/golden/users-openapi.json', 'utf8');
const OPTIONS = {
  baseUrl: 'http://127.0.0.1:1',
  operations: [],
  tags: [],
  methods: [],
  paths: [],
  shapes: ['jitter'],
  headers: {},
  auth: [],
  templates: [],
  pathValues: {},
  seed: 1,
  includeDelete: true,
  dependencies: {},
};

/** Reads and generates; the only failure that may come is one with a reason and a hint. */
async function readOrReason(text: string): Promise<void> {
  try {
    const document = await readOpenApi(text, 'spec');
    for (const { where, message } of document.notices) expect(`${where}${message}`).not.toBe('');
    generateScenarios(document, OPTIONS);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(['OPENAPI_INVALID', 'BAD_INPUT']).toContain(error.code);
    expect(error.hint).not.toBeNull();
  }
}

/** Every place of a JSON value. */
function listPlaces(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, child]) => listPlaces(child, [...place, key]))];
}

function replaceAt(value: unknown, [step, ...rest]: readonly string[], change: unknown): unknown {
  if (step === undefined) return change;
  if (Array.isArray(value))
    return value.map((child, index) => (String(index) === step ? replaceAt(child, rest, change) : child));
  const record = value as Record<string, unknown>;
  return { ...record, [step]: replaceAt(record[step], rest, change) };
}

const junk = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    '',
    'x',
    [],
    {},
    [null],
    { $ref: '#' },
    { $ref: '#/components/schemas/ValidationError' },
    { $ref: '#/nowhere' },
    { $ref: 'http://127.0.0.1/x' },
    { $ref: 1 },
    { type: 'object', required: 'x' },
    { allOf: null },
    { type: ['x'] },
    { pattern: '(' },
    { pattern: '(?=a)b\\1' },
    { minItems: 1e12 },
    { minLength: 1e12 },
    { multipleOf: 0 },
    { enum: [] },
    { oneOf: [{}] },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

test('a document that is broken in one to three places is read or refused with a reason', async () => {
  const whole: unknown = JSON.parse(USERS);
  const places = listPlaces(whole);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...places), junk), { minLength: 1, maxLength: 3 }),
      async (changes) => {
        let broken: unknown = whole;
        for (const [place, change] of changes) {
          if (placeExists(broken, place)) broken = replaceAt(broken, place, change);
        }
        await readOrReason(JSON.stringify(broken));
      },
    ),
    { numRuns: 300, seed: 4 },
  );
});

test('a text that is cut or has bytes changed is read or refused with a reason', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(USERS.length),
      fc.string({ maxLength: 3 }),
      fc.nat(40),
      async (at, insert, drop) => {
        await readOrReason(USERS.slice(0, at));
        await readOrReason(USERS.slice(0, at) + insert + USERS.slice(at + drop));
      },
    ),
    { numRuns: 60, seed: 5 },
  );
});

test.each([
  '&a [*a]',
  'a: &a [x, *b]',
  '%YAML 9.9\n---\nopenapi: 3.1.0',
  '\u0000',
  '{"__proto__": {"openapi": "3.1.0"}}',
  '"'.repeat(99),
  '['.repeat(5_000),
  '{"openapi":"3.1.0","paths":{"/a":{"get":null,"__proto__":{}}}}',
])('the oddity %# is read or refused with a reason', async (text) => {
  await readOrReason(text);
});

function placeExists(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
  return placeExists((value as Record<string, unknown>)[step], rest);
}
