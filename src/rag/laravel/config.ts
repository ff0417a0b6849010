import { type BlockNames, textAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

/** A text of a route file, where `config('shop.prefix')` means what `config/shop.php` returns. */
export function routeText(
  expression: Expression | null | undefined,
  names: BlockNames,
  place: Place,
  resolver: Resolver,
): string | null {
  if (expression?.kind === 'join') {
    const parts = expression.parts.map((part) => routeText(part, names, place, resolver));
    return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '').join('');
  }
  const configured = expression?.kind === 'call' ? configuredText(expression, resolver) : null;
  return configured ?? textAt(expression, place, names, resolver);
}

function configuredText(call: CallExpression, resolver: Resolver): string | null {
  const [key] = positional(call);
  if (call.callee.kind !== 'name' || call.callee.name !== 'config' || key?.kind !== 'string') return null;
  const [name = '', ...path] = key.value.split('.');
  for (const [file, facts] of resolver.program.files) {
    if (!`/${file}`.endsWith(`/config/${name}.php`)) continue;
    let value: Expression | null = facts.scopes[0]?.returns[0] ?? null;
    for (const part of path) value = entryOf(value, part);
    const text = constantOf(value, { file, scope: 0 }, resolver);
    if (text !== null) return text;
  }
  return null;
}
