import type { JsonValue } from '../../types.ts';

/** A place in an answer that is a header, such as `header.Location`. */
export const CAPTURED_HEADER = /^header\.([\w-]+)$/;

/** Gives the value at a JSON Pointer (RFC 6901); `undefined` where there is none. */
export function readPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === '') return value;
  if (!pointer.startsWith('/')) return undefined;
  let at: JsonValue | undefined = value;
  for (const token of pointer.slice(1).split('/')) {
    at = step(at, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return at;
}

function step(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
