import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';
import { readYaml } from '../../yaml.ts';
import { formatPlace } from './place.ts';

/** Above this size, text that looks like JSON but is none is not tried as YAML, which is many times slower. */
const YAML_FALLBACK_LIMIT = 2_000_000;
/** Levels of nesting; documents that people write have some dozens. */
const MAX_DEPTH = 500;
const SHOWN_STEPS = 6;
const HINT = 'Give the path or URL of the OpenAPI document itself, e.g. http://127.0.0.1:8000/openapi.json.';

/**
 * Parses the text of a document, JSON or YAML.
 *
 * @throws AppError OPENAPI_INVALID with line and column, or with what the text is instead.
 */
export function parseSpecText(text: string, source: string): unknown {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const start = body.trimStart();
  if (start === '') throw refuse(`${source} is empty; an OpenAPI document was expected.`);
  if (start.startsWith('<')) {
    const kind = /^<(!doctype html|html|head|body)/i.test(start) ? 'an HTML page' : 'XML or HTML';
    throw refuse(`${source}: this is ${kind}, not an OpenAPI document.`);
  }
  const value =
    start.startsWith('{') || start.startsWith('[') ? parseJson(body, source) : parseYaml(body, source);
  const place: (string | number)[] = [];
  if (!isTooDeep(value, place)) return value;
  throw new AppError(
    'OPENAPI_INVALID',
    `${source}: ${formatPlace(place.slice(0, SHOWN_STEPS))} is nested more than ${MAX_DEPTH} levels deep.`,
    { hint: 'Name the inner schemas under components, and refer to them.' },
  );
}

/** Walks down to the limit and no further, so that no depth of a document can exhaust the stack; leaves the way. */
function isTooDeep(value: unknown, place: (string | number)[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (place.length >= MAX_DEPTH) return true;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) {
    place.push(key);
    if (isTooDeep(Reflect.get(value, key), place)) return true;
    place.pop();
  }
  return false;
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    if (text.length <= YAML_FALLBACK_LIMIT) {
      // Flow YAML allows what strict JSON does not: comments, trailing commas, single quotes.
      const value = tryYaml(text, source);
      if (value !== undefined) return value;
    }
    const { line, column } = positionOf(text, offsetIn(seen, text));
    throw new AppError('OPENAPI_INVALID', `${source}:${line}:${column}: this is not valid JSON.`, {
      hint: 'Mend the text at that place, then try again.',
      details: { seen },
      cause: error,
    });
  }
}

function parseYaml(text: string, source: string): unknown {
  try {
    return readYaml(text, source)[0]?.value;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('OPENAPI_INVALID', error.message, {
      hint: error.hint ?? HINT,
      details: { ...error.details, start: quote(text.trimStart()) },
      cause: error,
    });
  }
}

function tryYaml(text: string, source: string): unknown {
  try {
    return readYaml(text, source)[0]?.value;
  } catch {
    return undefined;
  }
}

/** V8 says `at position 12` for a wrong character, and names none when the text ends too early. */
function offsetIn(message: string, text: string): number {
  const match = /at position (\d+)/.exec(message);
  if (match !== null) return Number(match[1]);
  const token = /Unexpected token '?(.)'?, (?:\.\.\.)?"(.+?)"(?:\.\.\.)? is not valid JSON/s.exec(message);
  const near = token === null ? -1 : text.indexOf(token[2] ?? '');
  return near === -1 ? text.length : near + Math.max((token?.[2] ?? '').indexOf(token?.[1] ?? ''), 0);
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function refuse(message: string): AppError {
  return new AppError('OPENAPI_INVALID', message, { hint: HINT });
}
