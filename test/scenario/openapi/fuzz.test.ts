import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { generateScenarios } from '../../../src/scenario/generate/generate.ts';
import { readOpenApi } from '../../../src/scenario/openapi/read.ts';
import { writeYaml } from '../../../src/yaml.ts';
import { PLAIN } from '../generate/plain-options.ts';
import { RICH } from './rich-document.ts';

const USERS = readFileSync('test/golden/users-openapi.json', 'utf8');
const OPTIONS = {
  ...PLAIN,
  baseUrl: 'http://127.0.0.1:1',
  shapes: ['jitter'],
  seed: 1,
  includeDelete: true,
};

/** Reads and generates; the only failure that may come is one with a reason and a hint. */
async function readOrReason(text: string, other: string | null = null): Promise<void> {
  try {
    const document = await readOpenApi(text, 'spec', other === null ? null : async () => other);
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

/** Real documents: what FastAPI writes, one with most of what 3.1 has, and the older versions of it. */
const DOCUMENTS: readonly unknown[] = [
  JSON.parse(USERS),
  RICH,
  { ...RICH, openapi: '3.0.3' },
  { ...RICH, openapi: undefined, swagger: '2.0', definitions: { A: { type: 'object' } }, host: '127.0.0.1' },
];

test('each of the documents that are broken below is read while it is whole', async () => {
  for (const whole of DOCUMENTS) {
    const { operations } = await readOpenApi(JSON.stringify(whole), 'spec');
    expect(operations.length).toBeGreaterThanOrEqual(3);
  }
});

test('parts that are moved to other places of real documents are read or refused with a reason', async () => {
  const cases = DOCUMENTS.map((whole) => ({ whole, places: listPlaces(whole) }));
  const moves = fc.constantFrom(...cases).chain(({ whole, places }) =>
    fc.record({
      whole: fc.constant(whole),
      swaps: fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...places)), {
        minLength: 1,
        maxLength: 4,
      }),
      asYaml: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(moves, async ({ whole, swaps, asYaml }) => {
      let broken = whole;
      for (const [from, to] of swaps) {
        const part = valueAt(whole, from);
        if (part !== undefined && placeExists(broken, to)) broken = replaceAt(broken, to, part);
      }
      const plain: unknown = JSON.parse(JSON.stringify(broken));
      await readOrReason(asYaml ? writeYaml(plain) : JSON.stringify(plain));
    }),
    { numRuns: 250, seed: 6 },
  );
});

test('references that lead anywhere in a document, or out of it, are read or refused with a reason', async () => {
  const places = listPlaces(RICH);
  const pointer = (place: readonly string[]) =>
    `#${place.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
  const ref = fc.oneof(
    fc.constantFrom(...places).map(pointer),
    fc.constantFrom(...places).map((place) => `other.json${pointer(place)}`),
    fc.string({ maxLength: 12 }),
  );
  const other = fc.oneof(
    fc.constant(JSON.stringify(RICH)),
    fc.json({ maxDepth: 3 }),
    fc.string({ maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...places), ref), { minLength: 1, maxLength: 3 }),
      other,
      async (changes, text) => {
        let broken: unknown = RICH;
        for (const [place, $ref] of changes) {
          if (placeExists(broken, place)) broken = replaceAt(broken, place, { $ref });
        }
        await readOrReason(JSON.stringify(broken), text);
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});

test.each([450, 5_000, 100_000])(
  'a document that is nested %i deep is read or refused with a reason',
  async (depth) => {
    const list = `${'{"items":'.repeat(depth)}{}${'}'.repeat(depth)}`;
    await readOrReason(USERS.replace('{"type":"integer"', `{"x":${list},"type":"integer"`));
    await readOrReason(
      `{"openapi":"3.1.0","info":{},"paths":{"/a":{"put":{"requestBody":{"content":{"a/json":{"schema":${list}}}}}}}}`,
    );
  },
);

test('a chain of 3,000 schemas, each needed by the one before, is read and made', async () => {
  const link = (index: number) => ({
    type: 'object',
    required: ['next'],
    properties: { next: { $ref: `#/components/schemas/S${index + 1}` } },
  });
  const schemas = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`S${index}`, link(index)]));
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } };
  const paths = { '/a': { put: { requestBody: { content }, responses: { 200: { description: 'ok' } } } } };
  await readOrReason(
    JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, components: { schemas }, paths }),
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

function valueAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt(Reflect.get(value, step), rest);
}
