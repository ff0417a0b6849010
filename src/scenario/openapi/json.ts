import type { JsonValue } from '../../types.ts';

export type JsonRecord = { readonly [key: string]: unknown };

/** Says whether `value` is an object, neither a list nor `null`. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` when it is an object, else an empty one. */
export function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

/** `value` when it is a list, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `value` when it is text, else `null`. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** `value` as JSON; only for values that a JSON or YAML parser gave, which are nothing else. */
export function asJson(value: unknown): JsonValue {
  // The parsers' plain output is JSON by construction; checking tens of megabytes again would buy nothing.
  return value as JsonValue;
}

/** The own value of `key`, so that `constructor` and `__proto__` are names like any other. */
export function own(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
