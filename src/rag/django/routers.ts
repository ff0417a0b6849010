import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import { type Entity, keyOf, type Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const MAX_DEPTH = 6;

/** Routers whose view sets answer, by the path that they hang below. */
export type DjangoRouters = ReadonlyMap<string, string>;

/** A router, with those whose registry it takes over by `router.registry.extend(other.registry)`. */
export function listRouters(router: Expression, place: Place, resolver: Resolver, depth = 0): DjangoRouters {
  const found = new Map<string, string>();
  for (const entity of resolver.evaluate(router, place)) {
    found.set(keyOf(entity), nestedBase(entity, resolver, 0));
  }
  if (depth > MAX_DEPTH) return found;
  for (const { file, placed } of resolver.program.callsNamed('extend', 'python')) {
    const { callee, args } = placed.call;
    const [of, other] = [callee.kind === 'member' ? registryOf(callee.of) : null, registryOf(args[0]?.value)];
    if (of === null || other === null) continue;
    const at = { file, scope: placed.scope };
    if (!resolver.evaluate(of, at).some((entity) => found.has(keyOf(entity)))) continue;
    for (const [key, base] of listRouters(other, at, resolver, depth + 1)) found.set(key, base);
  }
  return found;
}

/** The path before what is registered on `on`; `null`: it is none of `routers`. */
export function baseOf(
  on: Expression,
  at: Place,
  routers: DjangoRouters,
  resolver: Resolver,
  depth = 0,
): string | null {
  // drf-extensions: `router.register('orders', …).register('items', …, parents_query_lookups=['order'])`.
  const parents = depth > MAX_DEPTH ? [] : resolver.evaluate(on, at).flatMap(registeredBy);
  for (const { call, place } of parents) {
    if (call.callee.kind !== 'member') continue;
    const base = baseOf(call.callee.of, place, routers, resolver, depth + 1);
    const path = constantOf(positional(call)[0] ?? keyword(call, 'prefix'), place, resolver);
    if (base !== null && path !== null) return joinPaths(base, toTemplate(path, 'regex'), '{parent}');
  }
  for (const entity of resolver.evaluate(on, at)) {
    const base = routers.get(keyOf(entity));
    if (base !== undefined) return base;
  }
  return null;
}

function registeredBy(entity: Entity): readonly { readonly call: CallExpression; readonly place: Place }[] {
  if (entity.kind !== 'value' || entity.value.kind !== 'call') return [];
  const isRegister = lastName(entity.value.callee) === 'register';
  return isRegister ? [{ call: entity.value, place: entity }] : [];
}

/** drf-nested-routers: `NestedSimpleRouter(parent, 'orders', lookup='order')` hangs below `orders/{order_pk}`. */
function nestedBase(entity: Entity, resolver: Resolver, depth: number): string {
  if (entity.kind !== 'value' || entity.value.kind !== 'call' || depth > MAX_DEPTH) return '';
  const call = entity.value;
  if (!/^Nested\w*Router$/.test(lastName(call.callee) ?? '')) return '';
  const [first = null, second = null] = positional(call);
  const parent = first ?? keyword(call, 'parent_router');
  const path = constantOf(second ?? keyword(call, 'parent_prefix'), entity, resolver);
  const lookup = constantOf(keyword(call, 'lookup'), entity, resolver) ?? 'parent';
  const [above] = parent === null ? [] : resolver.evaluate(parent, entity);
  const before = above === undefined ? '' : nestedBase(above, resolver, depth + 1);
  return joinPaths(before, path ?? '', `{${lookup}_pk}`);
}

function registryOf(expression: Expression | undefined): Expression | null {
  return expression?.kind === 'member' && expression.name === 'registry' ? expression.of : null;
}
