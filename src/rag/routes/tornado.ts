import type { Route } from '../../types-code.ts';
import { listClassViews } from '../class-views.ts';
import { lastName, positional, walkExpression } from '../expressions.ts';
import type { Expression, FileFacts } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { spellAlternatives } from '../regex-paths.ts';
import { defineRouteFinder } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' };

/** Tornado: rows `(pattern, Handler)` and `url(pattern, Handler)` of any list, answered by the handler's methods. */
export default defineRouteFinder({
  framework: 'tornado',
  find(resolver) {
    if (!resolver.program.usesModule('tornado', 'python')) return [];
    return resolver.program
      .filesOf('python')
      .flatMap(([file, facts]) => listLists(facts).flatMap((list) => routesOf(list, file, facts, resolver)));
  },
});

/** A list, and the scope and line that it stands in. */
interface Placed {
  readonly list: Expression & { readonly kind: 'list' };
  readonly scope: number;
  readonly line: number;
}

function listLists(facts: FileFacts): readonly Placed[] {
  const found: Placed[] = [];
  const add = (root: Expression | null, scope: number, line: number) => {
    if (root === null) return;
    walkExpression(root, (inner) => {
      if (inner.kind === 'list' && inner.items.some(isRow)) found.push({ list: inner, scope, line });
    });
  };
  for (const { value, from, line } of facts.bindings) add(value, from, line);
  for (const { value, scope } of facts.statements) add(value, scope, facts.scopes[scope]?.startLine ?? 1);
  facts.scopes.forEach(({ returns, startLine }, scope) => {
    for (const value of returns) add(value, scope, startLine);
  });
  return found;
}

function isRow(item: Expression): boolean {
  return rowOf(item) !== null;
}

/** The pattern and the handler of a row. */
function rowOf(item: Expression): readonly [Expression, Expression] | null {
  const isUrl = item.kind === 'call' && /^(url|URLSpec|Rule)$/.test(lastName(item.callee) ?? '');
  const [pattern, handler] = isUrl ? positional(item) : item.kind === 'list' ? item.items : [];
  const isPattern = pattern !== undefined && /^(string|join|name|member)$/.test(pattern.kind);
  const isHandler = handler !== undefined && /^(name|member)$/.test(handler.kind);
  return isPattern && isHandler ? [pattern, handler] : null;
}

function routesOf(
  { list, scope, line }: Placed,
  file: string,
  facts: FileFacts,
  resolver: Resolver,
): Route[] {
  const place: Place = { file, scope };
  const declaredAt = { file, startLine: line, endLine: Math.max(line, facts.scopes[scope]?.startLine ?? 1) };
  return list.items.flatMap((item) => {
    const [pattern, handler] = rowOf(item) ?? [];
    if (pattern === undefined || handler === undefined) return [];
    const text = constantOf(pattern, place, resolver);
    if (text === null) return [];
    const owner = resolver.evaluate(handler, place).find((entity) => isHandler(entity, resolver, 0));
    if (owner?.kind !== 'symbol') return [];
    const views = listClassViews(owner, resolver);
    return spellAlternatives(text).flatMap((pattern) =>
      views.map(({ method, name, range }) => ({
        framework: 'tornado',
        method,
        path: joinPaths(toTemplate(pattern, 'regex')),
        operationId: null,
        handler: range,
        handlerName: name,
        declaredAt,
      })),
    );
  });
}

/** A class of the workspace below Tornado's `RequestHandler`. */
function isHandler(entity: Entity, resolver: Resolver, depth: number): entity is ClassEntity {
  if (entity.kind === 'external')
    return /(^tornado\.|\.)(\w*RequestHandler|WebSocketHandler|\w*APIHandler)$/.test(entity.name);
  if (entity.kind !== 'symbol' || depth > 8) return false;
  const { kind, bases, inScope } = resolver.program.symbol(entity);
  const at = { file: entity.file, scope: inScope };
  return (
    kind === 'class' &&
    bases.some((base) => resolver.evaluate(base, at).some((one) => isHandler(one, resolver, depth + 1)))
  );
}
