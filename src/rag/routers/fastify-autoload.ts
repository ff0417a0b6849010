import { posix } from 'node:path';
import { entryOf, positional, stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { FoundMount } from './router-dialect.ts';

/**
 * The plugins that `register(autoload, { dir, options })` of @fastify/autoload loads: what each file below the folder
 * exports, at a prefix of its folders' names (https://github.com/fastify/fastify-autoload). Empty: another plugin.
 */
export function listAutoloaded(
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): readonly FoundMount[] {
  const [plugin, options = null] = positional(call);
  if (plugin === undefined || !isAutoload(plugin, place, resolver)) return [];
  const dir = folderOf(entryOf(options, 'dir'), place);
  if (dir === null) return [];
  const given = entryOf(entryOf(options, 'options'), 'prefix');
  const base = given?.kind === 'string' ? given.value : '';
  return [...resolver.program.files].flatMap(([file, { language }]) => {
    if (familyOf(language) !== 'javascript' || !file.startsWith(`${dir}/`)) return [];
    if (/(^|\/)autohooks\.|\.(test|spec)\./.test(file)) return [];
    const below = posix.dirname(file.slice(dir.length + 1));
    const prefix = posix.join('/', base, below === '.' ? '' : below.replace(/(^|\/)_/g, '$1:'));
    const children: readonly Entity[] = resolver.exportOf(file, 'default');
    return children.map((child) => ({ prefix: stringOf(prefix), child }));
  });
}

function isAutoload(plugin: Expression, place: Place, resolver: Resolver): boolean {
  return resolver
    .evaluate(plugin, place)
    .some(
      (entity) =>
        entity.kind === 'external' && /^(@fastify\/autoload|fastify-autoload)(\.|$)/.test(entity.name),
    );
}

/** `join(__dirname, 'routes')`, seen from the file that says it. */
function folderOf(dir: Expression | null, place: Place): string | null {
  if (dir?.kind !== 'call') return null;
  const parts = positional(dir).flatMap((part) => (part.kind === 'string' ? part.value : []));
  return parts.length === 0 ? null : posix.join(posix.dirname(place.file), ...parts);
}
