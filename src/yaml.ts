import { type Document, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify } from 'yaml';
import { AppError } from './errors.ts';

/** Where something stands in a YAML text, 1-based. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML text: its plain value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Position of the value at `path`; of its nearest parent when it is absent. `key` asks for the key itself. */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): YamlPosition;
}

/**
 * Reads all documents of a YAML (or JSON) text; empty ones are left out. Anchors are limited by the library
 * (100 aliases), merge keys are off.
 *
 * @throws AppError BAD_INPUT with source, line and column.
 */
export function readYaml(text: string, source: string): YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents
    .map((document) => toDocument(document, lines, source))
    .filter(({ value }) => value !== null);
}

/** Writes `value` as one YAML document, keys in the order given, long text unfolded, nothing as an alias. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false });
}

function toDocument(document: Document.Parsed, lines: LineCounter, source: string): YamlDocument {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new AppError('BAD_INPUT', `${source}:${line}:${col}: this is not valid YAML (${error.code}).`, {
      hint: 'Mend the text at that place, then try again.',
      details: { seen: error.message },
    });
  }
  return {
    value: toPlain(document, source),
    locate: (path, part = 'value') => locate(document, lines, path, part),
  };
}

function toPlain(document: Document.Parsed, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new AppError('BAD_INPUT', `${source}: its aliases cannot be resolved.`, {
      hint: 'Write the repeated parts out; at most 100 aliases are followed.',
      details: { seen: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

function locate(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
  part: 'key' | 'value',
): YamlPosition {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((candidate) => isScalar(candidate.key) && candidate.key.value === step);
      if (pair === undefined) break;
      offset = offsetOf(last && part === 'key' ? pair.key : (pair.value ?? pair.key));
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = node === undefined ? offset : offsetOf(node);
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function offsetOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return 0;
  return typeof node.range[0] === 'number' ? node.range[0] : 0;
}
