import type { Entity, Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

/** What a dotted path in a string names, such as `"shop.orders.router"`; `null`: no module of the workspace. */
export function findByPath(path: string, place: Place, resolver: Resolver): readonly Entity[] | null {
  const { program } = resolver;
  const dot = path.lastIndexOf('.');
  if (dot < 0 || program.facts(place.file).language !== 'python') return null;
  const file = program.modules.find(place.file, path.slice(0, dot), 'python');
  return file === null ? null : resolver.exportOf(file, path.slice(dot + 1));
}

/** What a dotted path names, a whole module too; empty: nothing of the workspace. */
export function findDotted(path: string, place: Place, resolver: Resolver): readonly Entity[] {
  const file = resolver.program.modules.find(place.file, path, 'python');
  return file === null ? (findByPath(path, place, resolver) ?? []) : [{ kind: 'module', file }];
}
