import { listNamedParts, NAMED_PART } from '../../named-parts.ts';
import { createRandom, type Random } from '../../random.ts';
import type { Call, StringMap } from '../../types.ts';

/** What makes one request different from the next: its draws are keyed by these. */
export interface RequestKey {
  readonly seed: number;
  readonly itemKey: string;
  readonly phase: string;
  readonly sequence: number;
  /** Value of `{{seq}}`, unique in the run. */
  readonly number: number;
}

/** Fills the `{name}` parts of URL, headers and body; names without a value stay and are listed by `listOpenNames`. */
export function fillNames(call: Call, values: StringMap): Call {
  return {
    ...call,
    url: fillText(call.url, values, encodeURIComponent),
    headers: mapValues(call.headers, (text) => fillText(text, values)),
    body: call.body === null ? null : fillText(call.body, values),
  };
}

/** Names in the URL that have no value. In bodies braces are ordinary text. */
export function listOpenNames(call: Call): readonly string[] {
  return listNamedParts(call.url);
}

/** Whether each request of the call differs: its body holds `{{uuid}}` or `{{seq}}`. */
export function isUniqueEachTime(call: Call): boolean {
  return call.body !== null && /\{\{(uuid|seq)\}\}/.test(call.body);
}

/** Fills `{{uuid}}` and `{{seq}}`; the n-th `{{uuid}}` of a request is the same in each replay. */
export function fillDraws(
  { url, headers, body }: { readonly url: string; readonly headers: StringMap; readonly body: string | null },
  key: RequestKey,
): { readonly url: string; readonly headers: StringMap; readonly body: string | null } {
  const texts = [url, ...Object.values(headers), body ?? ''];
  if (!texts.some((text) => text.includes('{{'))) return { url, headers, body };
  const random = createRandom(key.seed, 'placeholders', key.itemKey, key.phase, key.sequence);
  const fill = (text: string) =>
    text.replace(/\{\{(uuid|seq)\}\}/g, (_whole, name: string) =>
      name === 'seq' ? String(key.number) : drawUuid(random),
    );
  return { url: fill(url), headers: mapValues(headers, fill), body: body === null ? null : fill(body) };
}

/** W3C Trace Context `traceparent`, drawn from the seed: https://www.w3.org/TR/trace-context/. */
export function drawTraceparent({ seed, itemKey, phase, sequence }: RequestKey): string {
  const random = createRandom(seed, 'trace', itemKey, phase, sequence);
  return `00-${drawHex(random, 32)}-${drawHex(random, 16)}-01`;
}

/** The trace id of a `traceparent`, by which exchanges are joined; `null` when it has none. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent === null ? null : (/^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1] ?? null);
}

function fillText(text: string, values: StringMap, encode: (value: string) => string = String): string {
  return text.replace(NAMED_PART, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : encode(value);
  });
}

function mapValues(map: StringMap, change: (value: string) => string): StringMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

/** RFC 9562 version 4. */
function drawUuid(random: Random): string {
  const hex = drawHex(random, 32);
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-${variant}${part(17, 20)}-${part(20, 32)}`;
}

function drawHex(random: Random, digits: number): string {
  let hex = '';
  while (hex.length < digits)
    hex += Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return hex.slice(0, digits);
}
