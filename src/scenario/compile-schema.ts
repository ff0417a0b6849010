import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema, JsonValue } from '../types.ts';

/** Says in what a value does not fit a schema, `/items/0/price must be number`; `null` when it fits. */
export type SchemaCheck = (value: JsonValue) => string | null;

/**
 * Compiles a schema that stands alone (JSON Schema 2020-12, as `gatherSchema` gives it). Formats are not checked:
 * services differ in how they read them. `null` when it cannot be compiled, and so says nothing about a value.
 */
export function compileSchema(schema: JsonSchema): SchemaCheck | null {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false, validateSchema: false });
  try {
    const check = ajv.compile(schema);
    return (value) => (check(value) ? null : describe(check.errors ?? []));
  } catch {
    return null;
  }
}

function describe([error]: readonly ErrorObject[]): string {
  if (error === undefined) return 'it does not fit';
  const extra = error.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : '';
  const allowed = error.keyword === 'enum' ? `: ${error.params.allowedValues?.join(', ')}` : '';
  return `${error.instancePath || 'it'} ${error.message ?? 'does not fit'}${extra}${allowed}`;
}
