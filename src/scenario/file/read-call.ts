import type { Call, HttpMethod, SetupCall } from '../../types.ts';
import { quote } from '../../units.ts';
import { CAPTURED_HEADER } from '../run/pointer.ts';
import { KEYS, SLIPS } from './keys.ts';
import {
  childOf,
  type Fields,
  isRecord,
  type Node,
  note,
  readDurationMs,
  readFields,
  readList,
  readText,
  readTextMap,
  readWord,
  refuse,
} from './node.ts';

/** Time limit of a call that states none. */
export const DEFAULT_TIMEOUT_MS = 10_000;

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** Reads a `call`. */
export function readCall(node: Node): Call {
  // `operation_id` beside an empty `meta` is a slip of indentation that stands in the guides.
  return toCall(node, readFields(node, [...KEYS.call, ...SLIPS.call], 'a call'));
}

/** Reads a call of `config.setup`, which may capture values from its answer. */
export function readSetupCall(node: Node): SetupCall {
  const fields = readFields(node, [...KEYS.call, ...SLIPS.call, ...KEYS.setup], 'a setup call');
  return { ...toCall(node, fields), capture: readCapture(fields.get('capture')) };
}

function readCapture(node: Node | null): SetupCall['capture'] {
  if (node === null) return {};
  if (!isRecord(node.value))
    throw refuse(node, `expected a map of names to places, got ${quote(node.value)}.`);
  return Object.fromEntries(
    Object.entries(node.value).map(([name, value]) => {
      const place = childOf(node, name, value);
      return [name, Array.isArray(value) ? readList(place, readPlace) : readPlace(place)];
    }),
  );
}

function readPlace(node: Node): string {
  const place = readText(node);
  if (place === '' || place.startsWith('/') || CAPTURED_HEADER.test(place)) return place;
  throw refuse(node, `expected a JSON Pointer such as /id, or header.Location, got ${quote(place)}.`);
}

function toCall(node: Node, fields: Fields): Call {
  const url = fields.get('url');
  if (url === null) throw refuse(node, 'a call needs a "url".');
  const timeout = fields.get('timeout');
  const auth = fields.get('auth');
  return {
    method: readMethod(fields.get('method')),
    url: readUrl(url),
    headers: readTextMap(fields.get('headers')),
    body: readBody(fields.get('body')),
    timeoutMs: timeout === null ? DEFAULT_TIMEOUT_MS : readDurationMs(timeout, 'ms'),
    operationId: readOperationId(fields),
    ...(auth !== null && { auth: readList(auth, readText) }),
  };
}

function readMethod(node: Node | null): HttpMethod {
  if (node === null) return 'GET';
  return readWord(
    { ...node, value: typeof node.value === 'string' ? node.value.toUpperCase() : node.value },
    METHODS,
  );
}

function readUrl(node: Node): string {
  const url = readText(node).trim();
  if (/^(https?:\/\/[^/?#\s]+|\{)/i.test(url)) return url;
  throw refuse(node, `expected a URL such as http://127.0.0.1:8000/users, got ${quote(url)}.`);
}

function readBody(node: Node | null): string | null {
  if (node === null) return null;
  if (!isRecord(node.value) && !Array.isArray(node.value)) return readText(node);
  note(node, 'the body is text in this format; it is taken as its JSON.');
  return JSON.stringify(node.value);
}

function readOperationId(fields: Fields): string | null {
  const meta = fields.get('meta');
  const inside = meta === null ? null : readFields(meta, KEYS.meta, 'meta').get('operation_id');
  const beside = fields.get('operation_id');
  if (beside !== null) note(beside, '"operation_id" is taken as if it stood inside "meta".');
  const node = inside ?? beside;
  return node === null ? null : readText(node);
}
