import { textAt } from '../block-language.ts';
import { entryOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Handler } from '../handlers.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { classAt, type LaravelGroup } from './group.ts';

/** The code of an action in any of its forms; `null`: it is not in the workspace. */
export function findAction(
  action: Expression | undefined,
  call: CallExpression,
  group: LaravelGroup,
  place: Place,
  resolver: Resolver,
): Handler | null {
  if (action === undefined) return null;
  if (action.kind === 'function') {
    return { name: null, range: { file: place.file, startLine: call.line, endLine: call.endLine } };
  }
  if (action.kind === 'map') return findAction(usesOf(action), call, group, place, resolver);
  if (action.kind === 'list') {
    const [type = null, method] = action.items;
    const name = textAt(method, place, group.names, resolver) ?? '__invoke';
    return methodOf(classAt(type, group, place, resolver), name, resolver);
  }
  // `OrderController::class . '@show'`
  if (action.kind === 'join' && action.parts[0]?.kind === 'name') {
    const name = textAt(action.parts[1], place, group.names, resolver)?.replace(/^[@:]/, '');
    return methodOf(classAt(action.parts[0], group, place, resolver), name ?? '__invoke', resolver);
  }
  if (action.kind === 'name') return invokable(classAt(action, group, place, resolver), resolver);
  const text = textAt(action, place, group.names, resolver);
  if (text === null) return null;
  const [left = '', right] = text.split(/@|::?/);
  if (right !== undefined)
    return methodOf(classAt({ kind: 'string', value: left }, group, place, resolver), right, resolver);
  const own = group.controller === null ? null : methodOf(group.controller, text, resolver);
  return own ?? methodOf(classAt(action, group, place, resolver), '__invoke', resolver);
}

/** The method of a class, of its traits or of what it extends; PHP does not tell capitals apart. */
export function methodOf(
  type: (Entity & { readonly kind: 'symbol' }) | null,
  name: string,
  resolver: Resolver,
): Handler | null {
  if (type === null) return null;
  const { program, types } = resolver;
  const exact = types.member(type, name);
  const near = exact.length > 0 ? exact : types.member(type, spelling(type, name, resolver, 0) ?? name);
  for (const member of near) {
    if (member.kind !== 'symbol') continue;
    const { name: written, startLine, endLine, kind } = program.symbol(member);
    if (kind === 'method') return { name: written, range: { file: member.file, startLine, endLine } };
  }
  return null;
}

/** How the class or what it is made from writes the name of a method. */
function spelling(
  type: Entity & { readonly kind: 'symbol' | 'instance' },
  name: string,
  resolver: Resolver,
  depth: number,
): string | null {
  const { scope } = resolver.program.symbol(type);
  const own = resolver.program
    .facts(type.file)
    .symbols.find((symbol) => symbol.inScope === scope && symbol.name.toLowerCase() === name.toLowerCase());
  if (own !== undefined || depth > 4) return own?.name ?? null;
  for (const base of resolver.types.basesOf(type)) {
    const found = spelling(base, name, resolver, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** A class that answers by itself; what a library lets it answer with is the whole class. */
function invokable(type: (Entity & { readonly kind: 'symbol' }) | null, resolver: Resolver): Handler | null {
  const method = methodOf(type, '__invoke', resolver);
  if (type === null || method?.range.file === type.file) return method;
  const { name, bases, scope, startLine, endLine } = resolver.program.symbol(type);
  if (bases.length === 0) return null;
  // An inherited `__invoke` calls what the class itself is there for.
  const own = resolver.program
    .facts(type.file)
    .symbols.filter(
      (symbol) => symbol.inScope === scope && symbol.kind === 'method' && symbol.name !== '__construct',
    );
  // PSR-15 calls a handler's `handle`.
  const only = own.find((symbol) => symbol.name === 'handle') ?? own[0];
  if (only === undefined || (only.name !== 'handle' && (method === null || own.length !== 1))) {
    return { name, range: { file: type.file, startLine, endLine } };
  }
  return { name: only.name, range: { file: type.file, startLine: only.startLine, endLine: only.endLine } };
}

/** `['uses' => 'C@m', 'middleware' => …]`, or a closure in such an array. */
function usesOf(map: Expression): Expression | undefined {
  const uses = entryOf(map, 'uses');
  if (uses !== null) return uses;
  return map.kind === 'map' ? map.entries.find((entry) => /^\d+$/.test(entry.key))?.value : undefined;
}
