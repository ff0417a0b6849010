import { z } from 'zod';
import { matchPaths } from '../path-pattern.ts';
import type { JsonValue } from '../types.ts';
import type { FaultLimit } from '../types-fault.ts';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Keys of `only`, in the order in which they are written. */
const LIMIT_KEYS = {
  methods: z
    .preprocess(
      (methods) => (typeof methods === 'string' ? [methods] : methods),
      z
        .array(
          z
            .string()
            .regex(TOKEN, 'Expected a method such as POST')
            .transform((name) => name.toUpperCase()),
        )
        .min(1),
    )
    .optional()
    .describe('methods of the requests, such as [POST, PUT]'),
  path: z
    .string()
    .regex(/^[/*]/, 'Expected a path or pattern such as /orders/**')
    .optional()
    .describe('pattern of their paths without query, such as /orders/**'),
  header: z
    .string()
    .refine((text) => TOKEN.test(split(text).name), 'Expected NAME or NAME: VALUE, such as "X-Tenant: gold"')
    .optional()
    .describe('NAME that they have, or NAME: VALUE'),
};

/** `only`: the requests that a fault acts on. All that is given has to fit. */
export const LIMIT = z.strictObject(LIMIT_KEYS).refine((limit) => Object.keys(limit).length > 0, {
  error: 'Expected methods, path or header',
  // An unknown key is said by itself.
  when: ({ issues }) => issues.length === 0,
});

/** Names of the keys of `only`. */
export const LIMIT_NAMES: readonly string[] = Object.keys(LIMIT_KEYS);

/** What a limit is compared with: the head of a request. */
export interface LimitedRequest {
  readonly method: string;
  /** As it stands in the request line: a path with its query, or a whole URL. */
  readonly target: string;
  /** Values of the field of that name (lower case). */
  values(name: string): readonly string[];
}

/** Gives what the schema has read as the noun. */
export function toLimit(read: z.output<typeof LIMIT>): FaultLimit {
  return { methods: read.methods ?? [], path: read.path ?? null, header: read.header ?? null };
}

/** Writes a limit as it is read. */
export function writeLimit({ methods, path, header }: FaultLimit): Record<string, JsonValue> {
  return {
    ...(methods.length === 0 ? {} : { methods }),
    ...(path === null ? {} : { path }),
    ...(header === null ? {} : { header }),
  };
}

/** `POST /orders/** with X-Tenant: gold`. */
export function describeLimit({ methods, path, header }: FaultLimit): string {
  const line = [methods.join(', '), path ?? ''].filter((part) => part !== '').join(' ');
  const first = line === '' ? 'requests' : line;
  return header === null ? first : `${first} with ${header}`;
}

/**
 * Makes a test for requests. Methods are compared exactly as sent (RFC 9110 §9.1 has them in capitals); of the path,
 * `{name}` stands for one segment, as in an OpenAPI document; the header's name in any case, its value exactly, and
 * one of several fields is enough. What is no HTTP request (`null`) never fits.
 */
export function matchLimit({
  methods,
  path,
  header,
}: FaultLimit): (request: LimitedRequest | null) => boolean {
  const isWantedPath = path === null ? null : matchPaths([path.replace(/\{[^{},./]+\}/g, '+([^/])')]);
  const { name, value } = split(header ?? '');
  return (request) => {
    if (request === null) return false;
    if (methods.length > 0 && !methods.includes(request.method)) return false;
    if (isWantedPath !== null && !isWantedPath(pathOf(request.target))) return false;
    if (header === null) return true;
    const values = request.values(name.toLowerCase());
    return value === null ? values.length > 0 : values.includes(value);
  };
}

function pathOf(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  return path === '' ? '/' : path;
}

function split(header: string): { readonly name: string; readonly value: string | null } {
  const colon = header.indexOf(':');
  if (colon === -1) return { name: header.trim(), value: null };
  return { name: header.slice(0, colon).trim(), value: header.slice(colon + 1).trim() };
}
