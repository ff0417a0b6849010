import { AppError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { JsonValue, Notice, StringMap } from '../../types.ts';
import { parseDurationMs, quote } from '../../units.ts';
import type { YamlDocument } from '../../yaml.ts';

/** A value of a scenario file, and where it stands in it. */
export interface Node {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
  readonly file: FileReading;
}

/** The document that is being read, and the notices about it so far. */
export interface FileReading {
  readonly source: string;
  readonly document: YamlDocument;
  readonly notices: Notice[];
}

/** The keys of an object; `get` gives `null` for a key that is absent or empty. */
export interface Fields {
  get(key: string): Node | null;
  has(key: string): boolean;
}

/** `file.yaml:12:5` of a node. */
export function positionOf(node: Node, part: 'key' | 'value' = 'value'): string {
  const { line, column } = node.file.document.locate(node.path, part);
  return `${node.file.source}:${line}:${column}`;
}

/** Refuses a node: AppError SCENARIO_INVALID with file, line and column. */
export function refuse(node: Node, message: string, part: 'key' | 'value' = 'value'): AppError {
  return new AppError('SCENARIO_INVALID', `${positionOf(node, part)}: ${message}`, {
    hint: 'The format is described in breakwater://scenario-format.',
    details: { path: node.path.join('.') },
  });
}

/** Notes that a node was understood differently from how it is written. */
export function note(node: Node, message: string): void {
  node.file.notices.push({ where: positionOf(node, 'key'), message });
}

/** The node below `node`. */
export function childOf(node: Node, key: string | number, value: unknown): Node {
  return { value, path: [...node.path, key], file: node.file };
}

/**
 * Reads an object. A key that is not known is an error that names the nearest known one.
 *
 * @throws AppError SCENARIO_INVALID
 */
export function readFields(node: Node, known: readonly string[], what: string): Fields {
  const { value } = node;
  if (!isRecord(value)) throw refuse(node, `${what} must be a map of keys, got ${quote(value ?? null)}.`);
  for (const [key, child] of Object.entries(value)) {
    if (known.includes(key)) continue;
    throw refuse(
      childOf(node, key, child),
      `unknown key ${quote(key)} in ${what}; the nearest known one is "${nearest(key, known)}".`,
      'key',
    );
  }
  return {
    has: (key) => Object.hasOwn(value, key),
    get(key) {
      const child = Object.hasOwn(value, key) ? value[key] : undefined;
      return child === undefined || child === null ? null : childOf(node, key, child);
    },
  };
}

/** Reads text; a number or truth value stands for how it is written. */
export function readText(node: Node): string {
  const { value } = node;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refuse(node, `expected text, got ${quote(value)}.`);
}

/** Reads a number from `least` to `most`. */
export function readNumber(node: Node, least: number, most = Number.POSITIVE_INFINITY): number {
  const number = typeof node.value === 'string' && node.value.trim() !== '' ? Number(node.value) : node.value;
  if (typeof number === 'number' && number >= least && number <= most) return number;
  const bounds = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw refuse(node, `expected a number ${bounds}, got ${quote(node.value)}.`);
}

/** Reads a whole number from `least` to `most`. */
export function readInteger(node: Node, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = readNumber(node, least, most);
  if (Number.isInteger(number)) return number;
  throw refuse(node, `expected a whole number, got ${quote(node.value)}.`);
}

/** Reads `true` or `false`. */
export function readBoolean(node: Node): boolean {
  if (typeof node.value === 'boolean') return node.value;
  throw refuse(node, `expected true or false, got ${quote(node.value)}.`);
}

/** Reads one of a few words. */
export function readWord<Word extends string>(node: Node, words: readonly Word[]): Word {
  const found = words.find((word) => word === node.value);
  if (found !== undefined) return found;
  throw refuse(node, `expected one of ${words.join(', ')}, got ${quote(node.value)}.`);
}

/** Reads a time as ms; a bare number is in `bareUnit`. */
export function readDurationMs(node: Node, bareUnit: 'ms' | 's'): number {
  const text = readText(node);
  try {
    const ms = parseDurationMs(/^\s*[\d.]+\s*$/.test(text) ? `${text.trim()}${bareUnit}` : text);
    // 16.1 s is 16,100 ms, not the 16,100.000000000002 that binary fractions make of it.
    return Math.round(ms * 1e6) / 1e6;
  } catch (error) {
    throw refuse(node, error instanceof Error ? error.message : String(error));
  }
}

/** Reads a list, each entry by `read`; an absent one is empty. */
export function readList<T>(node: Node | null, read: (entry: Node) => T): readonly T[] {
  if (node === null) return [];
  if (!Array.isArray(node.value)) throw refuse(node, `expected a list, got ${quote(node.value)}.`);
  return node.value.map((value, index) => read(childOf(node, index, value)));
}

/** Reads a map of names to text; an absent one is empty. */
export function readTextMap(node: Node | null): StringMap {
  if (node === null) return {};
  if (!isRecord(node.value)) throw refuse(node, `expected a map of names to text, got ${quote(node.value)}.`);
  return Object.fromEntries(
    Object.entries(node.value).map(([key, value]) => [key, readText(childOf(node, key, value))]),
  );
}

/** The plain value of a node; a YAML parser gives nothing but JSON. */
export function plain(node: Node | null): JsonValue {
  return node === null ? null : (node.value as JsonValue);
}

/** Says whether `value` is an object, neither a list nor `null`. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
