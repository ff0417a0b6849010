import { type AuthScheme, pickSchemes } from './auth.ts';
import { AppError } from './errors.ts';
import { MASK } from './secret-forms.ts';
import type { Call, StringMap } from './types.ts';

/** What is added to a call when it is sent; it is written nowhere. */
export interface Credential {
  readonly headers: StringMap;
  readonly cookies: StringMap;
  readonly query: StringMap;
}

/** The credentials of one run. */
export interface Credentials {
  /** The call with what its schemes ask for; what it states itself wins. */
  apply<C extends Call>(call: C): C;
  /** Values that must not be written anywhere. */
  readonly secrets: readonly string[];
  /** Schemes that calls name and nothing is configured for. */
  readonly missing: readonly string[];
}

/**
 * Reads the values that the calls need from the environment.
 *
 * @throws AppError CONFIG_INVALID naming the variable that is not set
 */
export function resolveCredentials(
  calls: readonly Call[],
  schemes: readonly AuthScheme[],
  readVariable: (name: string) => string | null,
): Credentials {
  const picked = calls.map(({ auth }) => pickSchemes(schemes, auth));
  const used = new Set(picked.flatMap(({ found }) => found));
  const secrets = new Set<string>();
  const resolved = new Map(
    [...used].map((scheme) => [scheme, resolveScheme(scheme, readVariable, secrets)] as const),
  );
  return {
    apply: (call) =>
      pickSchemes(schemes, call.auth).found.reduce((whole, scheme) => {
        const credential = resolved.get(scheme);
        return credential === undefined ? whole : applyCredential(whole, credential);
      }, call),
    secrets: [...secrets],
    missing: [...new Set(picked.flatMap(({ missing }) => missing))],
  };
}

function resolveScheme(
  scheme: AuthScheme,
  readVariable: (name: string) => string | null,
  secrets: Set<string>,
): Credential {
  const read = (name: string): string => {
    const value = readVariable(name);
    if (value !== null && value !== '' && !/[\r\n]/.test(value)) return value;
    const seen = value === null || value === '' ? 'is not set' : 'holds a line break, which no header may';
    throw new AppError(
      'CONFIG_INVALID',
      `breakwater.yaml: auth.${scheme.name}: the variable ${name} ${seen}.`,
      {
        hint: `Set ${name} in the environment that Breakwater is started with (for an MCP host: "env" of the server's entry), and start it again.`,
      },
    );
  };
  const nothing: Credential = { headers: {}, cookies: {}, query: {} };
  const secret = read(scheme.variable);
  for (const form of [secret, encodeURIComponent(secret)]) secrets.add(form);
  if (scheme.kind === 'bearer') return { ...nothing, headers: { authorization: `Bearer ${secret}` } };
  if (scheme.kind === 'basic') {
    const username = 'text' in scheme.username ? scheme.username.text : read(scheme.username.variable);
    // RFC 7617 §2.1: UTF-8, since that is what servers that say anything ask for.
    const encoded = Buffer.from(`${username}:${secret}`, 'utf8').toString('base64');
    secrets.add(encoded);
    return { ...nothing, headers: { authorization: `Basic ${encoded}` } };
  }
  const { place, parameter } = scheme;
  if (place === 'header') return { ...nothing, headers: { [parameter.toLowerCase()]: secret } };
  return place === 'cookie'
    ? { ...nothing, cookies: { [parameter]: secret } }
    : { ...nothing, query: { [parameter]: secret } };
}

function applyCredential<C extends Call>(call: C, { headers, cookies, query }: Credential): C {
  const own = Object.entries(call.headers).filter(([, value]) => value !== MASK);
  const stated = new Map(own.map(([name, value]) => [name.toLowerCase(), value]));
  const added = Object.entries(headers).filter(([name]) => !stated.has(name));
  const sent = (stated.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const names = new Set(sent.map((pair) => pair.split('=')[0] ?? ''));
  const pairs = Object.entries(cookies)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => `${name}=${value}`);
  const cookie = [...sent.filter((pair) => pair !== ''), ...pairs].join('; ');
  const rest = own.filter(([name]) => pairs.length === 0 || name.toLowerCase() !== 'cookie');
  return {
    ...call,
    headers: Object.fromEntries([...rest, ...added, ...(pairs.length > 0 ? [['cookie', cookie]] : [])]),
    url: addQuery(call.url, query),
  };
}

/** Not by `URL`, which would change placeholders in the rest of it. */
function addQuery(url: string, query: StringMap): string {
  const [, before = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  const present = new Set(
    (before.split('?')[1] ?? '').split('&').map((pair) => decodeSafely(pair.split('=')[0] ?? '')),
  );
  const pairs = Object.entries(query)
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  if (pairs.length === 0) return url;
  return `${before}${before.includes('?') ? '&' : '?'}${pairs.join('&')}${fragment}`;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
