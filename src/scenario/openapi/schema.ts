import type { JsonSchema, JsonValue } from '../../types.ts';
import { asJson, isRecord, type JsonRecord, own, recordOf } from './json.ts';
import { lookUp } from './references.ts';

/** Most references that are followed to open one schema. */
const MAX_FOLLOWED = 500;
/** Largest number of schemas that are gathered into one. */
const MAX_GATHERED = 200;

/** A schema with its references followed at the top; `refs` are those that led there. */
export interface OpenSchema {
  readonly schema: JsonRecord;
  readonly refs: readonly string[];
}

/**
 * Follows a schema's `$ref`s and merges its `allOf`, at the top only: what lies below stays as written, so that
 * circles cost nothing. Keys beside a `$ref` count (3.1). A reference that cannot be followed allows anything.
 */
export function openSchema(schema: JsonSchema | unknown, root: JsonValue): OpenSchema {
  const refs = new Set<string>();
  return { schema: open(schema, root, refs), refs: [...refs] };
}

/** `refs` are those that were followed on the way, parts of `allOf` included: none is followed twice. */
function open(schema: unknown, root: JsonValue, refs: Set<string>): JsonRecord {
  let current = recordOf(schema);
  while (refs.size < MAX_FOLLOWED) {
    const ref = own(current, '$ref');
    if (typeof ref !== 'string') return mergeAllOf(current, root, refs);
    const { $ref: _, ...beside } = current;
    if (refs.has(ref)) return beside;
    refs.add(ref);
    current = { ...recordOf(ref.startsWith('#') ? lookUp(root, ref) : undefined), ...beside };
  }
  return {};
}

function mergeAllOf(schema: JsonRecord, root: JsonValue, refs: Set<string>): JsonRecord {
  const parts = own(schema, 'allOf');
  if (!Array.isArray(parts)) return schema;
  const { allOf: _, ...rest } = schema;
  const merged = parts.reduce<JsonRecord>((whole, part) => merge(whole, open(part, root, refs)), {});
  return merge(merged, rest);
}

function merge(left: JsonRecord, right: JsonRecord): JsonRecord {
  const properties = { ...recordOf(left.properties), ...recordOf(right.properties) };
  const required = [left.required, right.required].flatMap((names) => (Array.isArray(names) ? names : []));
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
  };
}

/**
 * Gives a schema that stands alone: what its references reach is gathered under `$defs`, and the keywords of
 * 3.0 are rewritten as those of JSON Schema 2020-12. What is read-only is not required of a request, nor what is
 * write-only of an answer.
 * `null` when it reaches more than 200 schemas.
 */
export function gatherSchema(
  schema: JsonSchema,
  root: JsonValue,
  flow: 'request' | 'response',
): JsonSchema | null {
  const names = new Map<string, string>();
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (!isRecord(value)) return value;
    const freed = freeRequired(value, flow === 'request' ? 'readOnly' : 'writeOnly');
    const entries = Object.entries(modernize(freed)).map(([key, child]): [string, unknown] => {
      if (NAMED_SCHEMAS.has(key) && isRecord(child)) return [key, rewriteEach(child)];
      if (key !== '$ref' || typeof child !== 'string') return [key, isData(key) ? child : rewrite(child)];
      const name = names.get(child) ?? `s${names.size}`;
      names.set(child, name);
      return [key, `#/$defs/${name}`];
    });
    return Object.fromEntries(entries);
  };
  const rewriteEach = (map: JsonRecord) =>
    Object.fromEntries(Object.entries(map).map(([name, child]) => [name, rewrite(child)]));
  const top = rewrite(schema);
  const defs = new Map<string, unknown>();
  // The map grows while it is walked: each definition names those that it needs.
  for (const [ref, name] of names) {
    if (names.size > MAX_GATHERED) return null;
    const target = ref.startsWith('#') ? lookUp(root, ref) : undefined;
    defs.set(name, target === undefined ? true : rewrite(target));
  }
  if (!isRecord(top)) return typeof top === 'boolean' ? top : true;
  return asJson({ ...top, $defs: Object.fromEntries(defs) }) as JsonSchema;
}

/** Keywords whose keys are names of the user's, not keywords. */
const NAMED_SCHEMAS = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

/** Keywords whose value is data, in which `$ref` is a name like any other. */
function isData(key: string): boolean {
  return key === 'example' || key === 'examples' || key === 'default' || key === 'enum' || key === 'const';
}

/** A request need not hold what is read-only, nor an answer what is write-only. */
function freeRequired(schema: JsonRecord, flag: 'readOnly' | 'writeOnly'): JsonRecord {
  const { required, properties } = schema;
  if (!Array.isArray(required) || !isRecord(properties)) return schema;
  const isFree = (name: unknown) => recordOf(own(properties, String(name)))[flag] === true;
  return { ...schema, required: required.filter((name) => !isFree(name)) };
}

function modernize(schema: JsonRecord): JsonRecord {
  const modern: Record<string, unknown> = { ...schema };
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof modern[flag] !== 'boolean') continue;
    if (modern[flag] === true) modern[flag] = modern[bound];
    else delete modern[flag];
  }
  const nullable = modern.nullable === true;
  if (nullable && typeof modern.type === 'string') modern.type = [modern.type, 'null'];
  if (nullable && Array.isArray(modern.enum)) modern.enum = [...modern.enum, null];
  for (const key of ['nullable', 'discriminator', 'xml', 'externalDocs', '$id', '$schema', 'id']) {
    if (key !== 'id' || typeof modern.id === 'string') delete modern[key];
  }
  // Without a type of its own, what is nullable is a reference or a combination.
  return nullable && modern.type === undefined ? { anyOf: [modern, { type: 'null' }] } : modern;
}
