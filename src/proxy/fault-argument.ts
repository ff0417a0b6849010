import { z } from 'zod';
import { COMMON_KEYS } from './fault-schema.ts';
import { FAULTS } from './faults/index.ts';

/**
 * One fault as a tool's argument: flat, all keys of all faults, none of them checked beyond its kind. `readFault`
 * reads the value exactly, with defaults and errors that name the place.
 */
export const faultArgument = z
  .looseObject({
    type: z.string().describe(FAULTS.map(({ type, summary }) => `${type}: ${summary}`).join(' ')),
    ...mergeKeys(),
  })
  .describe('a fault as in a scenario file');

/** Lists each key once, with the faults that take it. */
function mergeKeys(): Record<string, z.ZodType> {
  const merged = new Map<string, { readonly kind: z.ZodType; readonly texts: string[] }>();
  const add = (owner: string | null, key: string, schema: unknown) => {
    if (!(schema instanceof z.ZodType)) return;
    const text = `${owner === null ? '' : `${owner}: `}${schema.description ?? ''}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { kind: kindOf(schema), texts: [text] });
    else known.texts.push(text);
  };
  for (const { type, keys } of FAULTS) {
    for (const [key, schema] of Object.entries(keys)) add(type, key, schema);
  }
  for (const [key, schema] of Object.entries(COMMON_KEYS)) add(null, key, schema);
  return Object.fromEntries(
    [...merged].map(([key, { kind, texts }]) => [key, kind.optional().describe(texts.join('; '))]),
  );
}

/** The schema's kind without bounds and default, since one key may have other bounds in another fault. */
function kindOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const inner: unknown = schema.unwrap();
    return inner instanceof z.ZodType ? kindOf(inner) : z.json();
  }
  if (schema instanceof z.ZodNumber) return z.number();
  return schema;
}
