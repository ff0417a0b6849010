import { posix } from 'node:path';
import { positional } from './expressions.ts';
import type { Expression } from './facts.ts';
import type { Place } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';

/** Finds the PHP files that an expression such as `__DIR__.'/../routes/api.php'` or `base_path('…')` names. */
export function findPhpFiles(expression: Expression, place: Place, resolver: Resolver): readonly string[] {
  if (expression.kind === 'list') {
    return expression.items.flatMap((item) => [...findPhpFiles(item, place, resolver)]);
  }
  const tail = tailOf(expression);
  if (tail === null || !tail.endsWith('.php')) return [];
  const { files } = resolver.program;
  if (isBesideFile(expression)) {
    const path = posix.normalize(posix.join(posix.dirname(place.file), tail));
    if (files.has(path)) return [path];
  }
  const bare = posix.normalize(`/${tail}`).replace(/^\/(\.\.\/)*/, '');
  const found = [...files.keys()].filter((file) => file === bare || file.endsWith(`/${bare}`));
  const [nearest] = found.sort((a, b) => sharedLength(b, place.file) - sharedLength(a, place.file));
  return nearest === undefined ? [] : [nearest];
}

/** The text at the end of a path. */
function tailOf(expression: Expression): string | null {
  if (expression.kind === 'string') return expression.value;
  if (expression.kind === 'join') {
    const texts = expression.parts.map(tailOf);
    return texts.at(-1) === null ? null : texts.filter((text) => text !== null).join('');
  }
  if (expression.kind !== 'call') return null;
  const last = positional(expression).at(-1);
  return last === undefined ? null : tailOf(last);
}

function isBesideFile(expression: Expression): boolean {
  if (expression.kind === 'name') return expression.name === '__DIR__';
  return expression.kind === 'join' && expression.parts.some(isBesideFile);
}

function sharedLength(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}
