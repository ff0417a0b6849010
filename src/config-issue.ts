import { z } from 'zod';
import { CONFIG_FILE } from './config-file.ts';
import { nearestWord } from './nearest.ts';
import { isSecretName } from './secret-fields.ts';
import { quote } from './units.ts';
import type { YamlDocument } from './yaml.ts';

/** Says what breakwater.yaml has at a place and what `schema` expects there: `breakwater.yaml:3:5: limits.rps: …`. */
export function describeConfigIssue(
  issue: z.core.$ZodIssue,
  document: YamlDocument | undefined,
  schema: z.ZodObject,
): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const place = document?.locate(path, 'key') ?? { line: 1, column: 1 };
  const what = describeProblem(issue, valueAt(document?.value, issue.path), schema);
  const end = /[.?]$/.test(what) ? '' : '.';
  return `${CONFIG_FILE}:${place.line}:${place.column}: ${path.map(String).join('.') || 'the file'}: ${what}${end}`;
}

function describeProblem(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodObject): string {
  if (issue.code === 'unrecognized_keys') return describeUnknown(issue, schema);
  if (value === undefined) return issue.code === 'invalid_type' ? 'missing' : issue.message;
  // A secret of the wrong type is one all the same.
  const seen = isSecretName(String(issue.path.at(-1))) ? 'something else' : quote(value);
  if (issue.code === 'invalid_type') return `expected ${issue.expected}, got ${seen}`;
  if (issue.code !== 'invalid_value') return issue.message;
  const known = issue.values.map(String);
  const near = typeof value === 'string' ? nearestWord(value, known) : null;
  const meant = near === null ? '' : `; did you mean ${near}?`;
  return `expected one of ${known.join(', ')}, got ${seen}${meant}`;
}

function describeUnknown(
  { keys: [key = ''], path, message }: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.ZodObject,
): string {
  const known = path.reduce<z.core.$ZodType | null>(memberOf, schema);
  const names = known instanceof z.ZodObject ? Object.keys(known.shape) : [];
  if (names.length === 0) return message;
  const near = nearestWord(key, names);
  return near === null ? `no key; known are ${names.join(', ')}` : `no key; did you mean ${near}?`;
}

/** The schema of a member; `null`: it cannot be told. */
function memberOf(owner: z.core.$ZodType | null, step: PropertyKey): z.core.$ZodType | null {
  if (owner instanceof z.ZodObject) return unwrap(owner.shape[String(step)] ?? null);
  if (owner instanceof z.ZodRecord) return unwrap(owner.valueType);
  return owner instanceof z.ZodArray ? unwrap(owner.element) : null;
}

function unwrap(type: z.core.$ZodType | null): z.core.$ZodType | null {
  const isWrapped =
    type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault;
  return isWrapped ? unwrap(type.unwrap()) : type;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
    value,
  );
}
