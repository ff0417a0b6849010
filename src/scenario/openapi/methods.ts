import type { HttpMethod } from '../../types.ts';

/** Methods that a path item may have, by their keys in upper case. */
export const METHODS: readonly HttpMethod[] = [
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
];

/** The method that a key of a path item stands for; `undefined`: none. */
export function methodOf(key: string | undefined): HttpMethod | undefined {
  return METHODS.find((method) => method.toLowerCase() === key);
}
