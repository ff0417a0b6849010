import { positional } from '../expressions.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';

/** Prefixes at which Django's tables hang the `urls` of an API of Django Ninja: `path("api/", api.urls)`. */
export function listNinjaPrefixes(resolver: Resolver): string[] {
  const calls = resolver.program.callsNamed('path', 'python');
  const prefixes = calls.flatMap(({ file, placed: { call, scope } }) => {
    const [prefix, view] = positional(call);
    if (prefix === undefined || view?.kind !== 'member' || view.name !== 'urls') return [];
    const place = { file, scope };
    const isSite = view.of.kind === 'member' && view.of.name === 'site';
    return isSite ? [] : (constantOf(prefix, place, resolver) ?? []);
  });
  return [...new Set(prefixes)];
}
