import { z } from 'zod';
import { quote } from './units.ts';

/** Name of the scheme for calls that name none, and for schemes that are not configured. */
export const DEFAULT_SCHEME = 'default';

/** How to prove who is calling, from `auth:` of breakwater.yaml. It names environment variables, never values. */
export type AuthScheme =
  | { readonly name: string; readonly kind: 'bearer'; readonly variable: string }
  | {
      readonly name: string;
      readonly kind: 'basic';
      readonly username: { readonly text: string } | { readonly variable: string };
      readonly variable: string;
    }
  | {
      readonly name: string;
      readonly kind: 'api_key';
      readonly place: 'header' | 'query' | 'cookie';
      readonly parameter: string;
      readonly variable: string;
    };

const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of an environment variable');
const REFERENCE = /^\$\{([A-Za-z_]\w*)\}$/;
const reference = z
  .string()
  .regex(REFERENCE, `expected $\{NAME}, an environment variable: secrets do not belong in this file`);

/** One entry of `auth:`, without its name. */
export const authEntry = z
  .strictObject({
    type: z.enum(['bearer', 'basic', 'apiKey', 'api_key']),
    in: z.enum(['header', 'query', 'cookie']).optional(),
    name: z.string().min(1).optional(),
    env: variable.optional(),
    value: reference.optional(),
    username: z.string().optional(),
    password: reference.optional(),
  })
  .superRefine((entry, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const basic = entry.type === 'basic';
    const key = !basic && entry.type !== 'bearer';
    if (entry.env === undefined && (basic ? entry.password : entry.value) === undefined) {
      refuse('type', `missing: env: NAME, or ${basic ? 'password' : 'value'}: \${NAME}`);
    }
    if (basic && entry.username === undefined) refuse('type', 'missing: username');
    if (key && entry.in === undefined) refuse('type', 'missing: in: header, query or cookie');
    if (key && entry.name === undefined) refuse('type', 'missing: name, of the header, parameter or cookie');
  });

/** Gives an entry of `auth:` that has been checked as a scheme. */
export function toAuthScheme(name: string, entry: z.output<typeof authEntry>): AuthScheme {
  const named = entry.env ?? readReference(entry.password ?? entry.value ?? '') ?? '';
  if (entry.type === 'bearer') return { name, kind: 'bearer', variable: named };
  if (entry.type === 'basic') {
    const username = entry.username ?? '';
    const from = readReference(username);
    return {
      name,
      kind: 'basic',
      username: from === null ? { text: username } : { variable: from },
      variable: named,
    };
  }
  return {
    name,
    kind: 'api_key',
    place: entry.in ?? 'header',
    parameter: entry.name ?? '',
    variable: named,
  };
}

/** The schemes for a call that names `names`; `undefined`: it names none and gets the default one. */
export function pickSchemes(
  schemes: readonly AuthScheme[],
  names: readonly string[] | undefined,
): { readonly found: readonly AuthScheme[]; readonly missing: readonly string[] } {
  const byName = (name: string) => schemes.find((scheme) => scheme.name === name);
  const standard = byName(DEFAULT_SCHEME);
  const wanted = (names ?? []).map((name) => ({ name, scheme: byName(name) ?? standard }));
  if (names === undefined) return { found: standard === undefined ? [] : [standard], missing: [] };
  return {
    found: [...new Set(wanted.flatMap(({ scheme }) => scheme ?? []))],
    missing: wanted.flatMap(({ name, scheme }) => (scheme === undefined ? [name] : [])),
  };
}

/** The header that a scheme fills, in lower case; `null`: it fills none. */
export function headerOf(scheme: AuthScheme): string | null {
  if (scheme.kind !== 'api_key') return 'authorization';
  if (scheme.place === 'header') return scheme.parameter.toLowerCase();
  return scheme.place === 'cookie' ? 'cookie' : null;
}

/** One line for breakwater.yaml that would configure a scheme. */
export function suggestEntry({
  name,
  kind,
  place,
  parameter,
}: {
  readonly name: string;
  readonly kind: 'bearer' | 'basic' | 'api_key';
  readonly place: string | null;
  readonly parameter: string | null;
}): string {
  const env = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase()
    .replace(/^(?=\d)/, '_');
  const key = /^[A-Za-z][\w-]*$/.test(name) ? name : quote(name);
  if (kind === 'bearer') return `auth: { ${key}: { type: bearer, env: ${env} } }`;
  if (kind === 'basic') return `auth: { ${key}: { type: basic, username: NAME, env: ${env}_PASSWORD } }`;
  return `auth: { ${key}: { type: apiKey, in: ${place ?? 'header'}, name: ${parameter ?? 'NAME'}, env: ${env} } }`;
}

function readReference(text: string): string | null {
  return REFERENCE.exec(text)?.[1] ?? null;
}
