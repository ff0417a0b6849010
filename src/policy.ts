import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalHost } from './addresses.ts';
import { AppError, systemErrorCode } from './errors.ts';
import { isSecretName, maskFields } from './secret-fields.ts';
import { MASK, maskForms } from './secret-forms.ts';
import { judgeTarget, type Resolver, resolveTarget } from './target-guard.ts';
import { quote } from './units.ts';

/**
 * Checks that requests may be sent to the origin of `target`: loopback always, other hosts only when the
 * user's configuration lists them, metadata services never; every address that the name resolves to must be
 * allowed. What opens the socket looks again (`guardTarget`).
 *
 * @throws AppError BAD_INPUT for what is no http(s) URL; TARGET_NOT_ALLOWED; TARGET_UNREACHABLE when the name
 * does not resolve.
 */
export async function checkTarget(
  target: string,
  allowHosts: readonly string[],
  resolver?: Resolver,
): Promise<void> {
  const url = parseTarget(target);
  const host = canonicalHost(url.hostname);
  const port = portOf(url);
  const early = judgeTarget(host, port, [], allowHosts);
  if (early !== null) throw notAllowed(url, early);
  const addresses = await resolveTarget(host, {}, resolver).catch((cause: unknown) => {
    throw new AppError(
      'TARGET_UNREACHABLE',
      `The name ${quote(host)} does not resolve (${systemErrorCode(cause) ?? 'no answer'}).`,
      { hint: 'Check the host name.', cause },
    );
  });
  const why = judgeTarget(
    host,
    port,
    addresses.map(({ address }) => address),
    allowHosts,
  );
  if (why !== null) throw notAllowed(url, why);
}

/** The port that a URL of http or https names, or its default. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/**
 * Gives the real absolute path of `path`, which must lie below `root` (itself a real path): symlinks are resolved,
 * also those of the nearest existing parent when the file is new; a link that leads nowhere is refused, since writing
 * would follow it. `file://` URLs are understood.
 *
 * @throws AppError PATH_NOT_ALLOWED
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const plain = readFileUrl(path);
  if (plain === null || isForeignPath(plain, process.platform)) throw outside(path, root);
  const wanted = await realpathOfNearest(resolve(root, plain)).catch((cause: unknown) => {
    const code = systemErrorCode(cause);
    if (code === null) throw cause;
    throw new AppError('PATH_NOT_ALLOWED', `${quote(path)} cannot be followed (${code}).`, {
      hint: 'Give a path below the workspace whose folders can be read.',
      cause,
    });
  });
  if (wanted === null || !isInside(root, wanted)) throw outside(path, root);
  return wanted;
}

/**
 * Whether a path names another machine or a device, which must not even be looked at: to ask Windows for
 * `\\\\host\\share` sends the user's credentials there, and `NUL` or `report.md:hidden` are no files of a folder.
 */
export function isForeignPath(path: string, platform: NodeJS.Platform): boolean {
  if (path.includes('\0') || /^[\\/]{2}/.test(path)) return true;
  if (platform !== 'win32') return false;
  const parts = path.replace(/^[a-z]:(?=[\\/]|$)/i, '').split(/[\\/]/);
  return parts.some((part) => part.includes(':') || WINDOWS_DEVICE.test(part));
}

/** Whether the absolute `path` is `root` or lies below it. */
export function isInside(root: string, path: string): boolean {
  const step = relative(root, path);
  return step === '' || (step !== '..' && !step.startsWith(`..${sep}`) && !isAbsolute(step));
}

/** Shortest text in which there can be one: `pwd=a`. */
const MIN_SECRET_CHARACTERS = 5;
/** Names that Windows keeps for devices, in every folder and with any extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Names of headers that are masked whatever they hold; besides those of secret fields. */
const SECRET_HEADER = /api[-_]?key|token|secret|password|session|credential|^x-auth|-auth$/i;

/** Gives headers with the values of secret ones masked. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADER.test(name) || isSecretName(name) ? MASK : redact(value),
    ]),
  );
}

/**
 * Masks what is a secret in text, by its form (keys of known vendors, JSON Web Tokens, private keys, credentials of
 * HTTP, passwords in URLs) or by the name of its field. Words, UUIDs and hashes stay. Takes time in proportion to the
 * text.
 */
export function redact(text: string): string {
  return text.length < MIN_SECRET_CHARACTERS ? text : maskFields(maskForms(text));
}

/**
 * Strings that a terminal takes for itself (ECMA-48 §5.6: OSC, DCS, APC, PM, SOS), to their end or the line's; and
 * what steers it (CSI).
 */
const ESCAPE = '\u001b';
const TERMINAL_SEQUENCE = new RegExp(
  [
    `(?:${ESCAPE}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007${ESCAPE}\u009c\n]{0,4000}(?:\u0007|${ESCAPE}\\\\|\u009c)?`,
    `(?:${ESCAPE}\\[|\u009b)[0-?]{0,40}[ -/]{0,40}[@-~]`,
  ].join('|'),
  'g',
);
/** Control and format characters (Unicode Cc, Cf): escape codes, zero-width and direction marks. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/**
 * Text made fit to show, in a terminal too: control, zero-width and direction characters gone (a sequence that would
 * act on a terminal with all of it), secrets masked.
 */
export function cleanse(text: string): string {
  return redact(
    text
      .replace(TERMINAL_SEQUENCE, '')
      .replace(INVISIBLE, (character) => ('\n\t'.includes(character) ? character : '')),
  );
}

/** Text from outside made fit to show, and shortened to `limit` characters. */
export function tame(text: string, limit: number): string {
  const plain = cleanse(text);
  return plain.length > limit ? `${plain.slice(0, limit)}… (${plain.length - limit} more characters)` : plain;
}

/** Fences text from outside as data, with a fence that the text cannot close. */
export function fence(text: string, limit: number, language = ''): string {
  const tamed = tame(text, limit);
  const longest = Math.max(2, ...[...tamed.matchAll(/`+/g)].map((match) => match[0].length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${tamed}\n${mark}`;
}

function parseTarget(target: string): URL {
  const url = URL.canParse(target) ? new URL(target) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new AppError('BAD_INPUT', `Expected an http or https URL, got ${quote(redact(target))}.`, {
      hint: 'Write it in full, for example http://127.0.0.1:8000/health.',
    });
  }
  return url;
}

function notAllowed(url: URL, why: string): AppError {
  const host = canonicalHost(url.hostname);
  const hint = /metadata/.test(why)
    ? 'Metadata services hold the machine’s own keys: no configuration allows them.'
    : ['0.0.0.0', '::'].includes(host)
      ? 'That is where a service listens on all addresses; call it at 127.0.0.1.'
      : `Only the user can allow it: add "targets: { allow_hosts: [${host.includes(':') ? quote(host) : host}] }" to breakwater.yaml in the workspace. A tool argument cannot.`;
  return new AppError('TARGET_NOT_ALLOWED', `${quote(url.host)} is not an allowed target: ${why}.`, { hint });
}

function outside(path: string, root: string): AppError {
  return new AppError('PATH_NOT_ALLOWED', `${quote(path)} does not lie below the workspace ${root}.`, {
    hint: 'Give a path below the workspace, or start Breakwater with --root FOLDER.',
  });
}

/** `null`: a link on the way leads nowhere. */
async function realpathOfNearest(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    // What is there by now and is no link was made a moment ago, by another call.
    if ((await lstat(path).catch(() => null))?.isSymbolicLink() === true) return null;
    const parent = await realpathOfNearest(dirname(path));
    return parent === null ? null : join(parent, basename(path));
  }
}

/** `null`: a URL that names no file of this machine. */
function readFileUrl(path: string): string | null {
  if (!/^file:/i.test(path)) return path;
  try {
    return fileURLToPath(path);
  } catch {
    return null;
  }
}
