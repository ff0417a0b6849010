import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  booleanTrue,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  tagged,
  taggedBytes,
  time,
  utf8String,
} from './der.ts';
import type { ServerIdentity } from './types.ts';

const DAY_MS = 86_400_000;
/** Clocks differ: what is issued was valid a day before. */
const BACKDATED_MS = DAY_MS;
const CA_MS = 3_650 * DAY_MS;
/** Apple's platforms refuse server certificates above 398 days. */
const LEAF_MS = 397 * DAY_MS;
const SERIAL_BYTES = 16;
const KEY_ID_BYTES = 20;

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** KeyUsage is a string of bits, counted from the left (RFC 5280 §4.2.1.3). */
const SIGNS_DATA = bitString(Buffer.of(0b1000_0000), 7);
const SIGNS_CERTIFICATES = bitString(Buffer.of(0b0000_0110), 1);

/**
 * Makes a certificate authority of its own, ECDSA on P-256, valid for ten years. It can sign servers only, no other
 * authority. Its name ends in part of its key's hash, so that two of them are told apart.
 */
export function createAuthority(name: string, now: Date): ServerIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(publicKey);
  const subject = nameOf(`${name} ${keyId.toString('hex', 0, 4)}`);
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(booleanTrue(), integer(Buffer.of(0))), true),
    extension(KEY_USAGE, SIGNS_CERTIFICATES, true),
    extension(SUBJECT_KEY_ID, octetString(keyId)),
  ];
  const cert = issue({ subject, issuer: subject, publicKey, extensions, now, lifeMs: CA_MS }, privateKey);
  return { cert, key: toPem(privateKey) };
}

/**
 * Makes a certificate for a server with a fresh key, signed by `authority` and valid for 397 days. `hosts` are DNS
 * names and IP addresses.
 */
export function createServerCertificate(
  authority: ServerIdentity,
  hosts: readonly string[],
  now: Date,
): ServerIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const caKey = createPublicKey(authority.cert);
  const extensions = [
    extension(KEY_USAGE, SIGNS_DATA, true),
    extension(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTH))),
    extension(SUBJECT_ALT_NAME, sequence(...hosts.map(altNameOf))),
    extension(SUBJECT_KEY_ID, octetString(keyIdOf(publicKey))),
    extension(AUTHORITY_KEY_ID, sequence(taggedBytes(0, keyIdOf(caKey)))),
  ];
  const { subject: issuerName } = new X509Certificate(authority.cert);
  const issuer = nameOf(issuerName.replace(/^CN=/, ''));
  const subject = nameOf(hosts[0] ?? 'localhost');
  const cert = issue({ subject, issuer, publicKey, extensions, now, lifeMs: LEAF_MS }, authority.key);
  return { cert, key: toPem(privateKey) };
}

interface Draft {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly now: Date;
  readonly lifeMs: number;
}

/** Signs a certificate (RFC 5280 §4.1) and gives it as PEM. */
function issue(draft: Draft, signer: KeyObject | string): string {
  const nowMs = draft.now.getTime();
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(drawSerial()),
    ECDSA_WITH_SHA256,
    draft.issuer,
    sequence(time(new Date(nowMs - BACKDATED_MS)), time(new Date(nowMs - BACKDATED_MS + draft.lifeMs))),
    draft.subject,
    draft.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...draft.extensions)),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, signer)));
  return new X509Certificate(certificate).toString();
}

/** Positive and not zero (RFC 5280 §4.1.2.2). */
function drawSerial(): Buffer {
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function nameOf(commonName: string): Buffer {
  return sequence(setOf(sequence(COMMON_NAME, utf8String(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [booleanTrue()] : []), octetString(value));
}

/** Any name that is the same for the same key will do (RFC 5280 §4.2.1.2). */
function keyIdOf(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest().subarray(0, KEY_ID_BYTES);
}

function altNameOf(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return taggedBytes(7, Buffer.from(host.split('.').map(Number)));
    case 6:
      return taggedBytes(7, readIpv6(host));
    default:
      return taggedBytes(2, Buffer.from(host, 'latin1'));
  }
}

function readIpv6(host: string): Buffer {
  // A URL writes it as groups of hexadecimal digits, whatever form it had.
  const [left = '', right] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groupsOf = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const head = groupsOf(left);
  const tail = groupsOf(right ?? '');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return Buffer.from([...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]));
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
