import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';
import type { TableEntry } from './router-dialect.ts';

const MAX_DEPTH = 6;

/** Opens `get(list).post(create)` of axum and poem, also where a function or a variable holds it. */
export function openMethodRouter(
  table: Expression,
  place: Place,
  resolver: Resolver,
  depth = 0,
): readonly TableEntry[] {
  if (depth > MAX_DEPTH) return [];
  if (table.kind !== 'call') {
    return resolver
      .evaluate(table, place)
      .flatMap((entity) =>
        entity.kind === 'value' && entity.value !== table
          ? [...openMethodRouter(entity.value, entity, resolver, depth + 1)]
          : [],
      );
  }
  const { callee } = table;
  const isLink = callee.kind === 'member' && holdsCall(callee.of);
  const own = isLink ? entriesOf(callee.name, table, place) : ofFunction(table, place, resolver, depth);
  const before = isLink ? openMethodRouter(callee.of, place, resolver, depth) : [];
  return [...before, ...own];
}

function holdsCall(expression: Expression): boolean {
  return expression.kind === 'call';
}

/** `get(list)`, whatever name it is imported under; else what a function of the workspace gives. */
function ofFunction(
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  depth: number,
): readonly TableEntry[] {
  return resolver.evaluate(call.callee, place).flatMap((target) => {
    if (target.kind === 'external') {
      return [...entriesOf(target.name.slice(target.name.lastIndexOf('.') + 1), call, place)];
    }
    return resolver.values
      .results({ kind: 'value', ...place, value: call })
      .flatMap((result) =>
        result.kind === 'value' ? [...openMethodRouter(result.value, result, resolver, depth + 1)] : [],
      );
  });
}

/** `get`, and `get_with` of aide; `on(MethodFilter::GET, handler)`. */
function entriesOf(name: string, call: CallExpression, place: Place): readonly TableEntry[] {
  const [first, second] = positional(call);
  if (first === undefined) return [];
  if (name === 'on') {
    const method = methodOf(lastName(first) ?? '');
    return method === null || second === undefined
      ? []
      : [{ methods: [method], handlers: [second], place, call }];
  }
  const verb = /^([a-z]+?)(?:_with|_service)?$/.exec(name)?.[1] ?? '';
  const method = methodOf(verb);
  return method === null ? [] : [{ methods: [method], handlers: [first], place, call }];
}
