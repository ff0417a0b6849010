import type { JsonSchema, JsonValue } from '../../types.ts';
import { compileSchema, type SchemaCheck } from '../compile-schema.ts';
import { gatherSchema } from '../openapi/schema.ts';

/** Compiled schemas of each document, by their text: many operations share the same few. */
const compiled = new WeakMap<object, Map<string, SchemaCheck | null>>();
const NO_DOCUMENT = {};

/**
 * Says in what a value does not fit its schema; `null` when it fits, or when the schema is too large or too
 * odd to check. Formats are not checked: services differ in how they read them.
 */
export function findMisfit(value: JsonValue, schema: JsonSchema, root: JsonValue): string | null {
  if (typeof schema === 'boolean') return null;
  return compileOnce(schema, root)?.(value) ?? null;
}

function compileOnce(schema: JsonSchema, root: JsonValue): SchemaCheck | null {
  const document = typeof root === 'object' && root !== null ? root : NO_DOCUMENT;
  const known = compiled.get(document) ?? new Map<string, SchemaCheck | null>();
  compiled.set(document, known);
  const text = JSON.stringify(schema);
  const found = known.get(text);
  if (found !== undefined) return found;
  const gathered = gatherSchema(schema, root, 'request');
  const check = gathered === null || typeof gathered === 'boolean' ? null : compileSchema(gathered);
  known.set(text, check);
  return check;
}
