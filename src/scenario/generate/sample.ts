import type { Random } from '../../random.ts';
import type { JsonSchema, JsonValue } from '../../types.ts';
import { asJson, isRecord, type JsonRecord, listOf, own, recordOf } from '../openapi/json.ts';
import { openSchema } from '../openapi/schema.ts';
import { sampleNumber } from './sample-number.ts';
import { sampleText } from './sample-text.ts';

/** Deepest nesting of a sample; real bodies end earlier. */
const MAX_DEPTH = 12;
/** Most values in one sample: schemas that each hold several others would grow without measure. */
const MAX_VALUES = 2_000;
/** Longest list that is made, however many entries a schema asks for. */
const MAX_ITEMS = 50;

export interface SampleDeps {
  /** The document that `$ref`s point into. */
  readonly root: JsonValue;
  readonly random: Random;
}

interface Making extends SampleDeps {
  /** Values that may still be made. */
  left: number;
}

interface Place {
  readonly name: string;
  /** References that are open around it: one that would open again is a circle. */
  readonly open: readonly string[];
  readonly depth: number;
  /** Place in a list, so that its entries can differ. */
  readonly variant: number;
}

/**
 * Makes a value that fits a schema as a request may send it: its example, default, constant or first choice,
 * else by type, format and bounds. Of an object's properties those that are required or have a stated value are
 * given, never read-only ones. The same schema and random stream give the same value.
 */
export function sampleValue(schema: JsonSchema, name: string, deps: SampleDeps): JsonValue {
  const making = { ...deps, left: MAX_VALUES };
  return sample(schema, { name, open: [], depth: 0, variant: 0 }, making) ?? null;
}

/** `undefined`: there is no end to it, since the schema holds itself. */
function sample(schema: unknown, place: Place, deps: Making): JsonValue | undefined {
  const { schema: opened, refs } = openSchema(schema, deps.root);
  deps.left -= 1;
  if (deps.left < 0 || place.depth > MAX_DEPTH || refs.some((ref) => place.open.includes(ref)))
    return undefined;
  const stated = statedValue(opened);
  if (stated !== undefined && place.variant === 0) return stated;
  const choice = pickChoice(opened, place.variant);
  if (choice !== undefined) return choice;
  const inner = { ...place, open: [...place.open, ...refs], depth: place.depth + 1 };
  for (const branch of [...listOf(opened.oneOf), ...listOf(opened.anyOf)]) {
    if (typeOf(openSchema(branch, deps.root).schema) === 'null') continue;
    const { oneOf: _, anyOf: __, ...beside } = opened;
    const value = sample({ allOf: [beside, branch] }, inner, deps);
    if (value !== undefined) return value;
  }
  return byType(opened, inner, deps);
}

/** What a schema states as a fitting value. */
function statedValue(schema: JsonRecord): JsonValue | undefined {
  for (const key of ['example', 'default', 'const']) {
    const value = own(schema, key);
    if (value !== undefined && value !== null) return asJson(value);
  }
  const [first] = listOf(schema.examples);
  return first === undefined ? undefined : asJson(first);
}

function pickChoice(schema: JsonRecord, variant: number): JsonValue | undefined {
  const choices = listOf(schema.enum).filter((choice) => choice !== null);
  return choices.length === 0 ? undefined : asJson(choices[variant % choices.length]);
}

function byType(schema: JsonRecord, place: Place, deps: Making): JsonValue | undefined {
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, place, deps);
    case 'array':
      return sampleList(schema, place, deps);
    case 'integer':
    case 'number':
      return sampleNumber(schema, place.variant);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema, place.name, place.variant, deps.random);
  }
}

/** The first type that is not null; where none is given, the one that the other keywords speak of. */
function typeOf(schema: JsonRecord): string {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
    (type) => typeof type === 'string',
  );
  const [type] = types.filter((candidate) => candidate !== 'null');
  if (type !== undefined) return type;
  if (types.length > 0) return 'null';
  if (isRecord(schema.properties) || schema.additionalProperties !== undefined) return 'object';
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array';
  if (typeof schema.minimum === 'number' || typeof schema.multipleOf === 'number') return 'number';
  // Nothing is said: an object suits a body, and text any place of a URL.
  return Object.keys(schema).some((key) => key === 'format' || key === 'pattern' || key === 'maxLength')
    ? 'string'
    : 'any';
}

function sampleObject(schema: JsonRecord, place: Place, deps: Making): JsonValue | undefined {
  const properties = recordOf(schema.properties);
  const required = listRequired(schema);
  const usable = Object.keys(properties).filter(
    (key) => openSchema(own(properties, key), deps.root).schema.readOnly !== true,
  );
  const stated = usable.filter(
    (key) => statedValue(openSchema(own(properties, key), deps.root).schema) !== undefined,
  );
  // An empty body is often refused where every property is optional: then the first one is given.
  const chosen = new Set([
    ...required.filter((key) => !(key in properties) || usable.includes(key)),
    ...stated,
  ]);
  if (chosen.size === 0 && usable[0] !== undefined) chosen.add(usable[0]);
  const entries: [string, JsonValue][] = [];
  const order = [...usable, ...required].filter(
    (key, index, all) => chosen.has(key) && all.indexOf(key) === index,
  );
  for (const key of order) {
    const value = sample(own(properties, key) ?? {}, { ...place, name: key, variant: 0 }, deps);
    if (value !== undefined) entries.push([key, value]);
    else if (required.includes(key)) return undefined;
  }
  return Object.fromEntries([...entries, ...sampleExtras(schema, entries.length, place, deps)]);
}

function listRequired(schema: JsonRecord): readonly string[] {
  const names = listOf(schema.required).filter((name) => typeof name === 'string');
  const needed = new Set(names);
  const dependent = recordOf(schema.dependentRequired);
  for (const name of needed) {
    for (const other of listOf(own(dependent, name))) if (typeof other === 'string') needed.add(other);
  }
  return [...needed];
}

function sampleExtras(schema: JsonRecord, count: number, place: Place, deps: Making): [string, JsonValue][] {
  const missing = typeof schema.minProperties === 'number' ? schema.minProperties - count : 0;
  return Array.from(
    { length: Math.min(Math.max(missing, 0), MAX_ITEMS) },
    (_, index): [string, JsonValue] => {
      const value = sample(schema.additionalProperties, { ...place, name: 'key', variant: index }, deps);
      return [`key_${index + 1}`, value ?? null];
    },
  );
}

function sampleList(schema: JsonRecord, place: Place, deps: Making): JsonValue | undefined {
  const prefix = listOf(schema.prefixItems);
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : MAX_ITEMS;
  const wanted = Math.min(Math.max(least, prefix.length, 1), most, MAX_ITEMS);
  const list: JsonValue[] = [];
  for (let index = 0; index < wanted; index += 1) {
    const variant = schema.uniqueItems === true ? index : 0;
    const value = sample(prefix[index] ?? schema.items ?? {}, { ...place, variant }, deps);
    if (value === undefined) break;
    list.push(value);
  }
  return list.length < Math.min(least, MAX_ITEMS) ? undefined : list;
}
