import type { Random } from '../../random.ts';
import type { JsonRecord } from '../openapi/json.ts';
import { samplePattern } from './sample-pattern.ts';

/** Longest text that is made, however long a schema wants it. */
const MAX_LENGTH = 10_000;

/** Values of formats; dates lie in the past of any service and in the future of none. */
const FORMATS: Readonly<Record<string, string>> = {
  date: '2024-01-15',
  'date-time': '2024-01-15T09:30:00Z',
  time: '09:30:00Z',
  duration: 'P1D',
  'idn-email': 'sample@example.com',
  hostname: 'example.com',
  'idn-hostname': 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  iri: 'https://example.com/',
  'uri-reference': '/sample',
  'iri-reference': '/sample',
  'uri-template': '/sample/{id}',
  'json-pointer': '/sample',
  'relative-json-pointer': '1/sample',
  regex: '^sample$',
  byte: 'c2FtcGxl',
  binary: 'sample',
};

/** Makes text that fits a schema's format, pattern and length; where all are free, a word drawn from `random`. */
export function sampleText(schema: JsonRecord, name: string, variant: number, random: Random): string {
  const suffix = variant === 0 ? '' : `${variant + 1}`;
  const format = typeof schema.format === 'string' ? schema.format : '';
  if (format === 'uuid') return drawUuid(random);
  if (format === 'email' || (format === '' && /e_?-?mail$/i.test(name))) return `sample${suffix}@example.com`;
  const fixed = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (fixed !== undefined) return fixed;
  if (typeof schema.pattern === 'string') {
    const made = samplePattern(schema.pattern, lengthOf(schema.minLength, 0), variant);
    if (made !== null) return made;
  }
  return fitLength(`sample-${drawHex(random, 4)}${suffix}`, schema);
}

/** Text that is as long as `minLength` and `maxLength` allow. */
function fitLength(text: string, schema: JsonRecord): string {
  const least = Math.min(lengthOf(schema.minLength, 0), MAX_LENGTH);
  const most = lengthOf(schema.maxLength, MAX_LENGTH);
  // The end differs from sample to sample, so that a cut keeps it.
  return text.length > most ? text.slice(text.length - most) : text.padEnd(least, 'x');
}

function drawUuid(random: Random): string {
  const variant = '89ab'[Math.floor(random.between(0, 4))] ?? '8';
  const [a, b, c, d, e] = [8, 4, 3, 3, 12].map((length) => drawHex(random, length));
  return `${a}-${b}-4${c}-${variant}${d}-${e}`;
}

function drawHex(random: Random, length: number): string {
  return Array.from({ length }, () => Math.floor(random.between(0, 16)).toString(16)).join('');
}

function lengthOf(value: unknown, absent: number): number {
  return typeof value === 'number' && value >= 0 ? value : absent;
}
