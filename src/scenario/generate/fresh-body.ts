import type { JsonSchema, JsonValue } from '../../types.ts';
import { own, recordOf } from '../openapi/json.ts';
import { openSchema } from '../openapi/schema.ts';

/** Properties that services often want to be unique. */
const UNIQUE_NAME = /(name|mail|title|slug|label|login|handle|sku|code)$/i;
/** Names that end so and are no free text. */
const FIXED_NAME =
  /(country|currency|language|locale|zip|postal|status|area|time|type)_?-?(code|name)$|^(code|timezone_?name)$/i;
const UUID_LENGTH = 36;
const EMAIL_SUFFIX = '@example.com';

/**
 * Puts `{{uuid}}` in a body's name-like and e-mail texts at the top, where their schemas leave room for it, so
 * that sending it again does not collide with what the first one created.
 */
export function freshenBody(value: JsonValue, schema: JsonSchema, root: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const properties = recordOf(openSchema(schema, root).schema.properties);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]): [string, JsonValue] => [
      key,
      typeof entry === 'string' ? freshen(key, entry, openSchema(own(properties, key), root).schema) : entry,
    ]),
  );
}

function freshen(key: string, text: string, schema: Readonly<Record<string, unknown>>): string {
  const email = schema.format === 'email' || (schema.format === undefined && /@[\w.-]+$/.test(text));
  const made = email ? `{{uuid}}${EMAIL_SUFFIX}` : '{{uuid}}';
  const length = UUID_LENGTH + (email ? EMAIL_SUFFIX.length : 0);
  const fixed = ['enum', 'const', 'pattern'].some((keyword) => schema[keyword] !== undefined);
  const formatted = schema.format !== undefined && !email;
  const tooLong = typeof schema.maxLength === 'number' && schema.maxLength < length;
  if (fixed || formatted || tooLong || FIXED_NAME.test(key)) return text;
  return email || UNIQUE_NAME.test(key) ? made : text;
}
