import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema, JsonValue } from '../../types.ts';
import { gatherSchema } from '../openapi/schema.ts';

/** Compiled schemas of each document, by their text: many operations share the same few. */
const compiled = new WeakMap<object, Map<string, ValidateFunction | null>>();
const NO_DOCUMENT = {};

/**
 * Says in what a value does not fit its schema; `null` when it fits, or when the schema is too large or too
 * odd to check. Formats are not checked: services differ in how they read them.
 */
export function findMisfit(value: JsonValue, schema: JsonSchema, root: JsonValue): string | null {
  if (typeof schema === 'boolean') return null;
  const check = compileOnce(schema, root);
  if (check === null || check(value)) return null;
  const [error] = check.errors ?? [];
  return error === undefined ? null : `${error.instancePath || 'it'} ${error.message ?? 'does not fit'}`;
}

function compileOnce(schema: JsonSchema, root: JsonValue): ValidateFunction | null {
  const document = typeof root === 'object' && root !== null ? root : NO_DOCUMENT;
  const known = compiled.get(document) ?? new Map<string, ValidateFunction | null>();
  compiled.set(document, known);
  const text = JSON.stringify(schema);
  const found = known.get(text);
  if (found !== undefined) return found;
  const check = compile(schema, root);
  known.set(text, check);
  return check;
}

function compile(schema: JsonSchema, root: JsonValue): ValidateFunction | null {
  const gathered = gatherSchema(schema, root, 'request');
  if (gathered === null || typeof gathered === 'boolean') return null;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false, validateSchema: false });
  try {
    return ajv.compile(gathered);
  } catch {
    // A schema that cannot be compiled says nothing about the value.
    return null;
  }
}
