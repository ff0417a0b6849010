import type { Entity } from './entity.ts';
import type { Lookups } from './lookups.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** Calls on an Eloquent model or its query that give objects of it. */
const GIVES_ITSELF =
  /^(query|find(OrFail|OrNew)?|first(OrFail|OrCreate|OrNew|Where)?|create|forceCreate|updateOrCreate|make|where\w*|with\w*|latest|oldest|orderBy\w*|has|doesntHave|sole|fresh|refresh|newQuery|findMany|all|select|active|on|lockForUpdate|get|factory)$/;
const DISPATCHES = /^(dispatch(Sync|Now|AfterResponse|If|Unless)?|run)$/;

/** A member that no method states: what Eloquent gives, the `handle` behind a dispatched job. */
export function findPhpMember(owner: ClassEntity, name: string, lookups: Lookups): readonly Entity[] {
  if (DISPATCHES.test(name)) return lookups.member(owner, 'handle');
  return GIVES_ITSELF.test(name) ? [{ kind: 'symbol', file: owner.file, index: owner.index }] : [];
}
