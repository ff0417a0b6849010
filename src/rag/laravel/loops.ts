import { textAt } from '../block-language.ts';
import type { Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { LaravelGroup } from './group.ts';

/** A path and an action, with what the names in them stand for. */
export interface LoopRound {
  readonly group: LaravelGroup;
  readonly action: Expression | undefined;
}

/**
 * The rounds of `foreach ($controllers as $path => $controller)` around a route; one round where there is no such loop,
 * none where the path depends on what is not known.
 */
export function listLoopRounds(
  path: Expression | null | undefined,
  action: Expression | undefined,
  group: LaravelGroup,
  place: Place,
  resolver: Resolver,
): readonly LoopRound[] {
  const [unknown] = (path?.kind === 'join' ? path.parts : [path]).filter(
    (part) => part?.kind === 'name' && textAt(part, place, group.names, resolver) === null,
  );
  if (unknown?.kind !== 'name' || !unknown.name.startsWith('$')) return [{ group, action }];
  if (action?.kind !== 'name') return [];
  const { program } = resolver;
  return program.bindingsOf(place, action.name).flatMap(({ value, from }) => {
    if (value?.kind !== 'each') return [];
    return resolver.evaluate(value.of, { file: place.file, scope: from }).flatMap((entity) => {
      if (entity.kind !== 'value' || entity.value.kind !== 'map') return [];
      return entity.value.entries.map((entry) => ({
        group: { ...group, names: new Map([...group.names, [unknown.name, entry.key]]) },
        action: entry.value,
      }));
    });
  });
}
