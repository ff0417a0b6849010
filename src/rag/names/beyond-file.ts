import type { Entity, Place } from './entity.ts';
import type { Lookups } from './lookups.ts';
import { folderOf } from './program.ts';
import { findQualified } from './qualified-names.ts';
import { findBeyondRustFile } from './rust-names.ts';
import type { TypeResolver } from './type-resolver.ts';

/** What a name means that its own file does not say: by wide imports, by package, by its full name. */
export function findBeyondFile(
  name: string,
  place: Place,
  lookups: Lookups,
  types: TypeResolver,
): readonly Entity[] {
  const { program } = lookups;
  const { language } = program.facts(place.file);
  if (language === 'rust') return findBeyondRustFile(lookups, name, place.file);
  if (name === 'super' && /^(java|csharp)$/.test(language)) return basesAround(place, lookups, types);
  const wide = program.importsOf({ file: place.file, scope: 0 }, '*').flatMap((entry) => {
    const target = program.modules.find(place.file, entry.module, language);
    return target === null ? [] : [...lookups.exportOf(target, name)];
  });
  if (wide.length > 0) return wide;
  if (language === 'go')
    return lookups.exportOf(`${folderOf(place.file) || '.'}/`.replace(/^\.\/$/, '/'), name);
  const found =
    language === 'java' || language === 'csharp'
      ? types.classesNamed(name, place.file).map((type): Entity => ({ ...type, kind: 'symbol' }))
      : findQualified(name, place, lookups);
  return found.length > 0 ? found : [{ kind: 'external', name: name.replace(/^::/, '') }];
}

/** What the class around a place extends. */
function basesAround(place: Place, { program }: Lookups, types: TypeResolver): readonly Entity[] {
  const index = program.classAround(place);
  if (index === null) return [];
  const bases = types.basesOf({ kind: 'instance', file: place.file, index });
  return bases.map(({ file, index: at }): Entity => ({ kind: 'instance', file, index: at }));
}
