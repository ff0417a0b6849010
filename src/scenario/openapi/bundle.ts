import { posix } from 'node:path';
import { AppError, toAppError } from '../../errors.ts';
import { quote } from '../../units.ts';
import { isRecord, type JsonRecord, own } from './json.ts';
import type { NoticeList } from './notices.ts';
import { parseSpecText } from './parse-text.ts';
import { formatPointer } from './place.ts';

/** Reads another document by URL or path; throws an AppError where that is not allowed or fails. */
export type ReadOther = (named: string) => Promise<string>;

/** Documents that one document may pull in, those that they pull in themselves included. */
const MAX_DOCUMENTS = 50;
/** Characters of all of them together. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
/** Where they are put, so that each reference becomes a local one. */
const SHELF = 'x-breakwater-documents';
/** Keywords whose value is data, in which `$ref` is a name like any other. */
const DATA_KEYS = new Set(['example', 'default', 'enum', 'const']);

/** Says whether a text can hold references to other documents; cheap, so that most documents are not walked. */
export function mayReferOutside(text: string): boolean {
  return /["']?\$ref["']?\s*:\s*["']?[^#"'\s]/.test(text);
}

/**
 * Puts every document that `root` refers to, directly or through others, into a copy of it, and makes the
 * references local. One that cannot be read is noted once, with the reason, and its references stay.
 */
export async function bundle(
  root: JsonRecord,
  source: string,
  readOther: ReadOther,
  notices: NoticeList,
): Promise<JsonRecord> {
  const places = new Map<string, string | null>([[source, '']]);
  const queue: Shelved[] = [{ value: root, base: source }];
  const read = limitReading(readOther);
  // The queue grows while it is walked: each document names those that it needs.
  for (const { value, base } of queue) {
    for (const named of listOutside(value, base)) {
      if (places.has(named)) continue;
      places.set(named, null);
      try {
        const other = parseSpecText(await read(named), named);
        places.set(named, formatPointer([SHELF, `d${queue.length}`]));
        queue.push({ value: other, base: named });
      } catch (error) {
        const { message, hint } = toAppError(error);
        notices.add('$ref', `${message}${hint === null ? '' : ` ${hint}`}`);
      }
    }
  }
  const [whole, ...others] = queue.map(({ value, base }) => localize(value, base, places));
  const shelf = Object.fromEntries(others.map((value, index) => [`d${index + 1}`, value]));
  return isRecord(whole) ? { ...whole, [SHELF]: shelf } : root;
}

interface Shelved {
  readonly value: unknown;
  readonly base: string;
}

function limitReading(readOther: ReadOther): ReadOther {
  let documents = 0;
  let characters = 0;
  return async (named) => {
    documents += 1;
    if (documents > MAX_DOCUMENTS || characters > MAX_CHARACTERS) {
      throw new AppError('LIMIT_EXCEEDED', `${quote(named)} is not read any more.`, {
        hint: `A document may pull in ${MAX_DOCUMENTS} others and 64 MB: bundle them into one.`,
      });
    }
    const text = await readOther(named);
    characters += text.length;
    return text;
  };
}

/** Absolute names of the documents that `value` refers to, each once. */
function listOutside(value: unknown, base: string): ReadonlySet<string> {
  const found = new Set<string>();
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const current = stack.pop();
    const ref = isRecord(current) ? own(current, '$ref') : undefined;
    const named = typeof ref === 'string' ? resolveName(ref, base) : null;
    if (named !== null) found.add(named);
    for (const child of listChildren(current)) stack.push(child);
  }
  return found;
}

function listChildren(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => (DATA_KEYS.has(key) ? [] : [child]));
}

/** The document that a reference leads to; `null`: its own, or none that may be read. */
function resolveName(ref: string, base: string): string | null {
  const [file = ''] = ref.split('#');
  if (file === '') return null;
  if (/^https?:\/\//i.test(file)) return file;
  if (!/^https?:\/\//i.test(base)) {
    return /^[a-z][a-z0-9+.-]*:/i.test(file) ? null : posix.join(posix.dirname(base), decodeSafely(file));
  }
  // A document from the network leads to the network, never to files.
  if (!URL.canParse(file, base)) return null;
  const { protocol, href } = new URL(file, base);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

function localize(value: unknown, base: string, places: ReadonlyMap<string, string | null>): unknown {
  if (Array.isArray(value)) return value.map((child) => localize(child, base, places));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (DATA_KEYS.has(key)) return [key, child];
      if (key !== '$ref' || typeof child !== 'string') return [key, localize(child, base, places)];
      const named = child.startsWith('#') ? base : resolveName(child, base);
      const place = named === null ? null : places.get(named);
      const pointer = child.includes('#') ? child.slice(child.indexOf('#') + 1) : '';
      return [key, typeof place === 'string' && isPointer(pointer) ? `#${place}${pointer}` : child];
    }),
  );
}

/** An anchor (`#name`) is none: it stays as it is, and is reported where it is followed. */
function isPointer(fragment: string): boolean {
  return fragment === '' || fragment.startsWith('/');
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
