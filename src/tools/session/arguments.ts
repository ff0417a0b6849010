import { z } from 'zod';
import { nearestWord } from '../../nearest.ts';
import { parseFaultText } from '../../proxy/fault-text.ts';
import type { JsonValue } from '../../types.ts';
import { quote } from '../../units.ts';

/** JSON Schema of a tool's input as hosts see it (draft 2020-12, input side). */
export type InputSchema = Readonly<Record<string, unknown>>;
type Property = { readonly type?: unknown; readonly items?: unknown; readonly description?: string };

const described = new WeakMap<z.ZodObject, InputSchema>();

/** Gives the JSON Schema of `input`, made once: each HTTP request builds a server of its own. */
export function describeInput(input: z.ZodObject): InputSchema {
  const known = described.get(input) ?? toJsonSchema(input);
  described.set(input, known);
  return known;
}

function toJsonSchema(input: z.ZodObject): InputSchema {
  return z.toJSONSchema(input, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // `{}` says what its absence says, and some hosts warn of it.
      const { additionalProperties: rest } = jsonSchema;
      if (typeof rest === 'object' && Object.keys(rest).length === 0) delete jsonSchema.additionalProperties;
    },
  });
}

export type ReadArguments =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly messages: readonly string[] };

/**
 * Reads arguments, mending small slips whose meaning is plain: `"42"` for 42, one value for a list of one, JSON in
 * a string, a fault as text, camelCase names. Anything else is answered with what was seen and what was expected.
 */
export function readArguments(input: z.ZodObject, raw: unknown): ReadArguments {
  const properties = propertiesOf(describeInput(input));
  const mended = mend(raw ?? {}, properties);
  const result = input.safeParse(mended);
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    messages: result.error.issues.map((issue) => describeIssue(issue, mended, properties)),
  };
}

function propertiesOf(schema: InputSchema): Readonly<Record<string, Property>> {
  const { properties } = schema;
  return isRecord(properties) ? (properties as Readonly<Record<string, Property>>) : {};
}

function mend(raw: unknown, properties: Readonly<Record<string, Property>>): unknown {
  if (!isRecord(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => {
        const known = name in properties ? name : snakeCase(name);
        const property = properties[known];
        return property === undefined ? [name, value] : [known, mendValue(known, value, property)];
      }),
  );
}

function mendValue(name: string, value: unknown, { type }: Property): unknown {
  if (type === 'array') {
    const list = mendList(value);
    return name === 'faults' && Array.isArray(list) ? list.map(mendFault) : list;
  }
  if (typeof value !== 'string')
    return type === 'string' && typeof value === 'number' ? String(value) : value;
  if ((type === 'number' || type === 'integer') && /^\s*-?\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  if (type === 'boolean' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return type === 'object' ? parseJsonOr(value, value) : value;
}

function mendFault(value: unknown): unknown {
  return typeof value === 'string' ? parseFaultText(value) : value;
}

function mendList(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  const read =
    typeof value === 'string' && value.trimStart().startsWith('[') ? parseJsonOr(value, value) : value;
  return Array.isArray(read) ? read : [read];
}

function parseJsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function describeIssue(
  issue: z.core.$ZodIssue,
  seen: unknown,
  properties: Readonly<Record<string, Property>>,
): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => describeUnknown(key, Object.keys(properties))).join(' ');
  }
  const path = issue.path.map(String).join('.') || 'arguments';
  const value = valueAt(seen, issue.path);
  if (value !== undefined && issue.code === 'invalid_value') return describeChoice(path, value, issue.values);
  if (value !== undefined) return `${path}: ${issue.message}; got ${quote(value)}.`;
  const wanted = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message;
  const about = properties[path]?.description;
  return `${path}: missing; ${wanted}${about === undefined ? '' : ` (${about})`}.`;
}

function describeChoice(path: string, value: unknown, choices: readonly unknown[]): string {
  const known = choices.map(String);
  const near = typeof value === 'string' ? nearestWord(value, known) : null;
  return `${path}: expected ${known.length === 1 ? '' : 'one of '}${known.join(', ')}; got ${quote(value)}.${near === null ? '' : ` Did you mean ${near}?`}`;
}

function describeUnknown(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return near === null
    ? `${quote(key)} is no argument; known are ${known.join(', ')}.`
    : `${quote(key)} is no argument; did you mean ${near}?`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
    value,
  );
}

function snakeCase(name: string): string {
  return name.replace(/-/g, '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
