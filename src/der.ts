/** Values in DER, the encoding of certificates (ITU-T X.690 §8 and §10); only what `certificate.ts` needs. */

const UTC_TIME_ENDS = 2050;

/** A SEQUENCE of encoded values. */
export function sequence(...values: readonly Buffer[]): Buffer {
  return wrap(0x30, ...values);
}

/** A SET of one encoded value. */
export function setOf(value: Buffer): Buffer {
  return wrap(0x31, value);
}

/** An encoded value under a context-specific tag, constructed: `[0] EXPLICIT`. */
export function tagged(tag: number, ...values: readonly Buffer[]): Buffer {
  return wrap(0xa0 | tag, ...values);
}

/** Bytes under a context-specific tag, primitive: `[2] IMPLICIT`. */
export function taggedBytes(tag: number, bytes: Buffer): Buffer {
  return wrap(0x80 | tag, bytes);
}

/** A non-negative INTEGER of big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  // A leading bit would make it negative.
  return wrap(0x02, ...((digits[0] ?? 0) >= 0x80 ? [Buffer.of(0)] : []), digits);
}

export function booleanTrue(): Buffer {
  return wrap(0x01, Buffer.of(0xff));
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return wrap(0x03, Buffer.of(unusedBits), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return wrap(0x04, bytes);
}

export function utf8String(text: string): Buffer {
  return wrap(0x0c, Buffer.from(text, 'utf8'));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return wrap(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(toBase128)));
}

/** A time in whole seconds: UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = `${date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < UTC_TIME_ENDS
    ? wrap(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : wrap(0x18, Buffer.from(digits, 'latin1'));
}

function wrap(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function toBase128(value: number): readonly number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
