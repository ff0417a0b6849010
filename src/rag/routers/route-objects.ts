import { entryOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { methodOf } from '../route-finder.ts';
import type { RouterCall } from './router-dialect.ts';

/** A route that is written as an object, `{ method, url, handler }` or with `path`; `null`: it is none. */
export function readRouteObject(options: Expression): RouterCall | null {
  const handler = entryOf(options, 'handler');
  const method = entryOf(options, 'method');
  if (handler === null || method === null) return null;
  const names = method.kind === 'list' ? method.items : [method];
  const methods = names.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
  return { does: 'route', methods, path: entryOf(options, 'url', 'path'), handlers: [handler] };
}
