import type { JsonSchema, JsonValue } from '../../types.ts';
import type { OperationBody } from '../../types-openapi.ts';
import { asJson, isRecord, type JsonRecord, own, recordOf } from './json.ts';
import type { NoticeList } from './notices.ts';
import type { Place } from './place.ts';
import type { References } from './references.ts';

/** What reading a part of a document needs. */
export interface Reading {
  readonly references: References;
  readonly notices: NoticeList;
}

export interface Content {
  readonly mediaType: string;
  readonly schema: JsonSchema;
  readonly example: JsonValue | undefined;
}

/** Media types that bodies are written in, the best first. */
const PREFERENCE: readonly RegExp[] = [
  /^application\/json\b/i,
  /^application\/[\w.-]+\+json\b/i,
  /^application\/x-www-form-urlencoded\b/i,
  /^multipart\/form-data\b/i,
  /^text\//i,
];

/** Gives the media type of a `content` object that suits best, JSON before forms; `null` when it has none. */
export function readContent(content: unknown, place: Place, reading: Reading): Content | null {
  const types = Object.keys(recordOf(content));
  const rank = (type: string) => {
    const index = PREFERENCE.findIndex((pattern) => pattern.test(type));
    return index === -1 ? PREFERENCE.length : index;
  };
  const [mediaType] = types.toSorted((left, right) => rank(left) - rank(right));
  if (mediaType === undefined) return null;
  const at = [...place, mediaType];
  const media = recordOf(reading.references.follow(own(recordOf(content), mediaType), at));
  return {
    mediaType,
    schema: schemaOf(own(media, 'schema'), [...at, 'schema'], reading),
    example: exampleOf(media, at, reading),
  };
}

/** Reads a request body; `null` when there is none that can be used. */
export function readBody(value: unknown, place: Place, reading: Reading): OperationBody | null {
  if (value === undefined) return null;
  const body = reading.references.follow(value, place);
  if (!isRecord(body)) return null;
  const content = readContent(own(body, 'content'), [...place, 'content'], reading);
  if (content === null) {
    reading.notices.add(place, 'it names no media type; calls are made without a body.');
    return null;
  }
  return { required: body.required === true, ...content };
}

/** The schema at a place, as written, its `$ref`s unfollowed; `true`, which allows anything, when there is none. */
export function schemaOf(value: unknown, place: Place, reading: Reading): JsonSchema {
  if (value === undefined) return true;
  if (typeof value === 'boolean') return value;
  if (!isRecord(value)) {
    reading.notices.add(place, 'it is no schema; anything is taken to be allowed there.');
    return true;
  }
  const remote = typeof value.$ref === 'string' && reading.references.follow(value, place) === undefined;
  // Whoever follows the broken reference later would stumble over it once more.
  return remote ? true : (asJson(value) as JsonSchema);
}

/** The first example that a parameter or media type states. */
export function exampleOf(value: JsonRecord, place: Place, reading: Reading): JsonValue | undefined {
  const single = own(value, 'example');
  if (single !== undefined) return asJson(single);
  for (const [name, entry] of Object.entries(recordOf(own(value, 'examples')))) {
    const example = recordOf(reading.references.follow(entry, [...place, 'examples', name]));
    // 3.2 calls it dataValue.
    const stated = own(example, 'value') ?? own(example, 'dataValue');
    if (stated !== undefined) return asJson(stated);
  }
  return undefined;
}
