import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema, JsonValue } from '../../types.ts';
import { gatherSchema } from '../openapi/schema.ts';

/**
 * Says in what a value does not fit its schema; `null` when it fits, or when the schema is too large or too
 * odd to check. Formats are not checked: services differ in how they read them.
 */
export function findMisfit(value: JsonValue, schema: JsonSchema, root: JsonValue): string | null {
  const gathered = gatherSchema(schema, root);
  if (gathered === null || typeof gathered === 'boolean') return null;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false, validateSchema: false });
  try {
    if (ajv.validate(gathered, value)) return null;
  } catch {
    // A schema that cannot be compiled says nothing about the value.
    return null;
  }
  const [error] = ajv.errors ?? [];
  return error === undefined ? null : `${error.instancePath || 'it'} ${error.message ?? 'does not fit'}`;
}
