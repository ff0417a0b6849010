import type { Route } from '../types-code.ts';

/** A route as operations are written everywhere: `GET /orders/{id}`, without a slash at the end. */
export function showEndpoint({ method, path }: Route): string {
  return `${method} ${path.length > 1 ? path.replace(/\/+$/, '') : path}`;
}
