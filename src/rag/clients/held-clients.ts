import type { CallExpression, Expression, MapExpression } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { clientCall, clientType, type KnownClient } from './known-clients.ts';

/** Wrappers around a client, such as a maker of sessions around an engine, up to so many. */
const MAX_WRAPPERS = 3;

/** A client where it is made. */
export interface MadeClient {
  readonly made: CallExpression | MapExpression;
  readonly place: Place;
  readonly client: KnownClient;
}

/** Clients that an expression stands for: made there, given by a function, or inside what a library made around them. */
export function listMade(expression: Expression, place: Place, resolver: Resolver, depth = 0): MadeClient[] {
  return resolver
    .evaluate(expression, place)
    .flatMap((entity) => withResults(entity, resolver))
    .flatMap((value) => {
      const own = madeAt(value, resolver);
      if (own !== null) return [own];
      if (value.value.kind !== 'call' || depth >= MAX_WRAPPERS || !isOfLibrary(value.value, value, resolver))
        return [];
      return value.value.args
        .filter(({ value: given }) => given.kind === 'name' || given.kind === 'member')
        .flatMap(({ value: given }) => listMade(given, value, resolver, depth + 1));
    });
}

/** The client that a name or field is declared to hold, where nothing says what is put in; `null`: none is known. */
export function declaredClient(expression: Expression, place: Place, resolver: Resolver): KnownClient | null {
  if (expression.kind === 'member') return fieldClient(expression.of, expression.name, place, resolver);
  if (expression.kind !== 'name') return null;
  const { program } = resolver;
  const { name } = expression;
  const { scopes } = program.facts(place.file);
  for (let scope = place.scope; scope >= 0; scope = scopes[scope]?.parent ?? -1) {
    const at = { file: place.file, scope };
    const binding = program.bindingsOf(at, name).find(({ type }) => type !== null);
    const param = scopes[scope]?.params.find((one) => one.name === name);
    const type = binding?.type ?? param?.type ?? null;
    if (type !== null) return clientType(type, at, resolver);
  }
  return null;
}

function fieldClient(owner: Expression, name: string, place: Place, resolver: Resolver): KnownClient | null {
  for (const entity of resolver.evaluate(owner, place)) {
    for (const type of resolver.types.of(entity)) {
      const at = { file: type.file, scope: resolver.program.symbol(type).scope ?? 0 };
      const declared = resolver.program.bindingsOf(at, name).find((binding) => binding.type !== null)?.type;
      const client = declared ? clientType(declared, at, resolver) : null;
      if (client !== null) return client;
    }
  }
  return null;
}

/** The class of the workspace behind an expression that is a client by what it extends, and its first line. */
export function extendedClient(
  expression: Expression,
  place: Place,
  resolver: Resolver,
): { readonly type: Entity & { kind: 'instance' }; readonly client: KnownClient } | null {
  for (const entity of resolver.evaluate(expression, place)) {
    for (const type of resolver.types.of(entity)) {
      const { bases, inScope } = resolver.program.symbol(type);
      for (const base of bases) {
        const client = clientType(base, { file: type.file, scope: inScope }, resolver);
        if (client !== null) return { type, client };
      }
    }
  }
  return null;
}

type Value = Entity & { kind: 'value' };

function withResults(entity: Entity, resolver: Resolver): Value[] {
  if (entity.kind !== 'value') return [];
  return [entity, ...resolver.values.results(entity).filter((result) => result.kind === 'value')];
}

/** `new Pool(…)`, and Go's `&http.Client{Timeout: t}`. */
function madeAt(entity: Value, resolver: Resolver): MadeClient | null {
  const { value } = entity;
  const place = { file: entity.file, scope: entity.scope };
  if (value.kind === 'call') {
    const client = clientCall(value, place, resolver);
    return client === null ? null : { made: value, place, client };
  }
  if (value.kind !== 'map' || value.type === null) return null;
  const client = clientType(value.type, place, resolver);
  return client === null ? null : { made: value, place, client };
}

function isOfLibrary(call: CallExpression, place: Place, resolver: Resolver): boolean {
  return resolver.evaluate(call.callee, place).some(({ kind }) => kind === 'external');
}
