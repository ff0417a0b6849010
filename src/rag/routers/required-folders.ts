import { posix } from 'node:path';
import { positional, stringOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { FoundMount } from './router-dialect.ts';

/**
 * The routers of a folder whose files are required one after the other, each at its own name:
 * `readdirSync(dir).forEach((file) => app.use('/' + name, require('./routes/' + file)))`. Empty: no such call.
 */
export function listRequired(call: CallExpression, place: Place, resolver: Resolver): readonly FoundMount[] {
  const args = positional(call);
  const [first] = args;
  const required = args.find((arg) => arg.kind === 'call' && isRequire(arg));
  if (first === undefined || required?.kind !== 'call') return [];
  const [path] = positional(required);
  const folder = path === undefined ? null : folderOf(path, place, resolver);
  if (folder === null) return [];
  return [...resolver.program.files].flatMap(([file, { language }]) => {
    const isThere = posix.dirname(file) === folder && familyOf(language) === 'javascript';
    if (!isThere || file === place.file || /\.(test|spec)\.|\.d\.ts$/.test(file)) return [];
    const prefix = first === required ? '' : prefixOf(first, posix.parse(file).name, place, resolver);
    const whole = resolver.exportOf(file, '=');
    const children = whole.length > 0 ? whole : resolver.exportOf(file, 'default');
    return children.map((child) => ({ prefix: stringOf(prefix), child }));
  });
}

function isRequire({ callee, args }: CallExpression): boolean {
  const given = args[0]?.value.kind;
  return callee.kind === 'name' && callee.name === 'require' && given !== undefined && given !== 'string';
}

/** The folder before the part of a path that is not known; `null`: the path names no folder. */
function folderOf(path: Expression, place: Place, resolver: Resolver): string | null {
  const parts = path.kind === 'join' ? path.parts : path.kind === 'call' ? positional(path) : [];
  const last = parts.at(-1);
  // The name of the file is what the loop finds.
  if (last === undefined || constantOf(last, place, resolver) !== null) return null;
  const known = parts.slice(0, -1).flatMap((part) => constantOf(part, place, resolver) ?? []);
  return known.length === 0 ? null : posix.join(posix.dirname(place.file), ...known).replace(/\/$/, '');
}

/** What is known of a prefix, with the name of the file for what is not. */
function prefixOf(prefix: Expression, name: string, place: Place, resolver: Resolver): string {
  const parts = prefix.kind === 'join' ? prefix.parts : [prefix];
  return parts.map((part) => constantOf(part, place, resolver) ?? name).join('');
}
