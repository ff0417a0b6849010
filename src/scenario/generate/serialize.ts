import type { JsonValue } from '../../types.ts';
import type { OperationBody, OperationParameter } from '../../types-openapi.ts';
import { isRecord, type JsonRecord, own, recordOf } from '../openapi/json.ts';
import { openSchema } from '../openapi/schema.ts';

/** Separates the parts of a multipart body; fixed, so that the same document gives the same file. */
const BOUNDARY = 'breakwater-boundary';

/** Writes a query parameter's value as `name=value` pairs, by its style. */
export function toQuery({ name, style, explode }: OperationParameter, value: JsonValue): readonly string[] {
  const pair = (key: string, text: string) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`;
  if (style === 'json') return [pair(name, JSON.stringify(value))];
  if (isList(value)) {
    if (explode && style === 'form') return value.map((entry) => pair(name, toText(entry)));
    const separator = { spaceDelimited: '%20', pipeDelimited: '%7C' }[style] ?? ',';
    return [
      `${encodeURIComponent(name)}=${value.map((entry) => encodeURIComponent(toText(entry))).join(separator)}`,
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (style === 'deepObject') return entries.map(([key, entry]) => pair(`${name}[${key}]`, toText(entry)));
    if (explode) return entries.map(([key, entry]) => pair(key, toText(entry)));
    return [pair(name, entries.flatMap(([key, entry]) => [key, toText(entry)]).join(','))];
  }
  return [pair(name, toText(value))];
}

/** Writes the value of a path, header or cookie parameter, by its style. */
export function toPlain({ name, style, explode }: OperationParameter, value: JsonValue): string {
  if (style === 'json') return JSON.stringify(value);
  const flat = flatten(value, explode);
  if (style === 'label') return `.${flat.join(explode ? '.' : ',')}`;
  if (style === 'matrix') return `;${name}=${flat.join(',')}`;
  return flat.join(',');
}

/** Writes a body's value as text, and the `Content-Type` to send it with; `null` when its type cannot be made. */
export function toBody(
  { mediaType, schema }: OperationBody,
  value: JsonValue,
  root: JsonValue,
): { readonly contentType: string; readonly text: string } | null {
  const type = mediaType.toLowerCase();
  if (/^application\/x-www-form-urlencoded\b/.test(type)) {
    const pairs = fieldsOf(value).map(
      ([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`,
    );
    // The braces of {{uuid}} are filled when the request is sent.
    return { contentType: mediaType, text: pairs.join('&').replaceAll('%7B%7Buuid%7D%7D', '{{uuid}}') };
  }
  if (/^multipart\/form-data\b/.test(type)) {
    const properties = recordOf(openSchema(schema, root).schema.properties);
    const parts = fieldsOf(value).map(([key, text]) => {
      const file = isFile(openSchema(own(properties, key), root).schema) ? '; filename="sample.txt"' : '';
      return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${key.replaceAll('"', '%22')}"${file}\r\n\r\n${text}\r\n`;
    });
    const contentType = `multipart/form-data; boundary=${BOUNDARY}`;
    return { contentType, text: `${parts.join('')}--${BOUNDARY}--\r\n` };
  }
  if (/[/+]json\b/.test(type) || type === '*/*') {
    const contentType = type === '*/*' ? 'application/json' : mediaType;
    return { contentType, text: JSON.stringify(value) };
  }
  return /^text\//.test(type) ? { contentType: mediaType, text: toText(value) } : null;
}

/** 3.0 says `format: binary`, 3.1 `contentMediaType`; a list of files is one as well. */
function isFile(schema: JsonRecord): boolean {
  const { format, contentMediaType, items } = schema;
  if (isRecord(items)) return isFile(items);
  return format === 'binary' || contentMediaType === 'application/octet-stream';
}

function flatten(value: JsonValue, explode: boolean): readonly string[] {
  if (isList(value)) return value.map(toText);
  if (typeof value !== 'object' || value === null) return [toText(value)];
  return Object.entries(value).flatMap(([key, entry]) =>
    explode ? [`${key}=${toText(entry)}`] : [key, toText(entry)],
  );
}

function fieldsOf(value: JsonValue): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || isList(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    isList(entry) ? entry.map((part) => [key, toText(part)] as const) : [[key, toText(entry)] as const],
  );
}

function toText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
