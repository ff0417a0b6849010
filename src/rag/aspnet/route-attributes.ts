import type { HttpMethod } from '../../types.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { Argument, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { methodOf } from '../route-finder.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** What one attribute says of a route. */
export interface RouteAttribute {
  /** Empty: it states a template alone. */
  readonly methods: readonly (HttpMethod | 'ANY')[];
  /** `null`: it states no template. */
  readonly template: string | null;
  /** Name of the route, which documents take as its id. */
  readonly name: string | null;
}

const MAX_DEPTH = 5;
const VERB = /^Http(Get|Post|Put|Patch|Delete|Head|Options)$/;

/** Routes that the attributes of a class or method state, also by attributes of the workspace that extend a framework's. */
export function listRouteAttributes(symbol: SymbolFact, place: Place, resolver: Resolver): RouteAttribute[] {
  return symbol.decorators.flatMap((decorator) => {
    const name = lastName(decorator.kind === 'call' ? decorator.callee : decorator) ?? '';
    const args = decorator.kind === 'call' ? decorator.args : [];
    const texts = args.map((argument) => textsOf(argument, place, resolver));
    const template = texts.find((text) => text.name === null)?.values[0] ?? null;
    const id = decorator.kind === 'call' ? keyword(decorator, 'Name') : null;
    const named = id === null ? null : constantOf(id, place, resolver);
    if (name === 'AcceptVerbs') {
      const methods = texts.flatMap(({ name: key, values }) =>
        key === null ? values.flatMap((value) => methodOf(value) ?? []) : [],
      );
      const route = texts.find((text) => text.name === 'Route')?.values[0] ?? null;
      return [{ methods, template: route, name: named }];
    }
    const own = ofFramework(name, template);
    if (own !== null) return [{ ...own, name: named }];
    const values = texts.map((text) => text.values[0] ?? null);
    return ofWorkspace(name, values, place, resolver, 0).map((found) => ({ ...found, name: named }));
  });
}

function ofFramework(name: string, template: string | null): Omit<RouteAttribute, 'name'> | null {
  if (name === 'Route') return { methods: [], template };
  const verb = methodOf(VERB.exec(name)?.[1] ?? '');
  return verb === null ? null : { methods: [verb], template };
}

/** An attribute class of the workspace: what it hands to the framework's, or its `Template` and `HttpMethods`. */
function ofWorkspace(
  name: string,
  args: readonly (string | null)[],
  place: Place,
  resolver: Resolver,
  depth: number,
): Omit<RouteAttribute, 'name'>[] {
  const [type] = resolver.types.classesNamed(`${name.replace(/Attribute$/, '')}Attribute`, place.file);
  return type === undefined || depth > MAX_DEPTH ? [] : ofClass(type, args, resolver, depth);
}

function ofClass(
  type: ClassEntity,
  args: readonly (string | null)[],
  resolver: Resolver,
  depth: number,
): Omit<RouteAttribute, 'name'>[] {
  const { bases } = resolver.program.symbol(type);
  const maker = findConstructor(type, args.length, resolver);
  const known = maker === null ? new Map<string, string>() : bindArguments(maker, args, resolver);
  const template = propertyOf(type, 'Template', maker, resolver);
  if (template !== null) {
    const listed = propertyOf(type, 'HttpMethods', maker, resolver);
    const items = listed?.kind === 'list' ? listed.items : [];
    const methods = items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
    return [{ methods, template: fill(template, known) }];
  }
  const passed = maker === null ? [] : baseArguments(maker, resolver).map((value) => fill(value, known));
  return bases.flatMap((base) => {
    const name = (lastName(base) ?? '').replace(/Attribute$/, '');
    const own = ofFramework(name, passed[0] ?? null);
    return own === null
      ? ofWorkspace(name, passed, { file: type.file, scope: 0 }, resolver, depth + 1)
      : [own];
  });
}

/** The scope of the constructor that takes so many arguments; `null`: none is written. */
function findConstructor(type: ClassEntity, count: number, resolver: Resolver): Place | null {
  const { scope } = resolver.program.symbol(type);
  const facts = resolver.program.facts(type.file);
  const makers = facts.symbols.filter((symbol) => symbol.inScope === scope && symbol.name === 'constructor');
  const scopes = makers.flatMap((maker) => (maker.scope === null ? [] : [maker.scope]));
  const fitting = scopes.find((at) => (facts.scopes[at]?.params.length ?? 0) >= count) ?? scopes[0];
  return fitting === undefined ? null : { file: type.file, scope: fitting };
}

function bindArguments(
  maker: Place,
  args: readonly (string | null)[],
  resolver: Resolver,
): ReadonlyMap<string, string> {
  const params = resolver.program.facts(maker.file).scopes[maker.scope]?.params ?? [];
  return new Map(
    params.flatMap(({ name, value }, index) => {
      const text = args[index] ?? (value === null ? null : fill(value, new Map()));
      return text === null ? [] : [[name, text] as const];
    }),
  );
}

/** What a property is written with, or what the constructor puts there. */
function propertyOf(
  type: ClassEntity,
  name: string,
  maker: Place | null,
  resolver: Resolver,
): Expression | null {
  const { scope } = resolver.program.symbol(type);
  const places = [maker, scope === null ? null : { file: type.file, scope }];
  for (const place of places) {
    const found = place === null ? undefined : resolver.program.bindingsOf(place, name)[0];
    if (found?.value != null) return found.value;
  }
  return null;
}

function baseArguments(maker: Place, resolver: Resolver): readonly Expression[] {
  const { statements } = resolver.program.facts(maker.file);
  for (const { scope, value } of statements) {
    if (scope !== maker.scope || value.kind !== 'call') continue;
    if (lastName(value.callee) === 'base') return positional(value);
  }
  return [];
}

/** The text of an expression whose names stand for `known`; `null`: it is not known. */
function fill(expression: Expression, known: ReadonlyMap<string, string>): string | null {
  if (expression.kind === 'string') return expression.value;
  if (expression.kind === 'name') return known.get(expression.name) ?? null;
  if (expression.kind === 'other') return /^\d+$/.test(expression.text) ? expression.text : null;
  if (expression.kind !== 'join') return null;
  const parts = expression.parts.map((part) => fill(part, known));
  return parts.includes(null) ? null : parts.join('');
}

function textsOf(
  { name, value }: Argument,
  place: Place,
  resolver: Resolver,
): { readonly name: string | null; readonly values: readonly string[] } {
  const items = value.kind === 'list' ? value.items : [value];
  const values = items.flatMap((item) => fill(item, new Map()) ?? constantOf(item, place, resolver) ?? []);
  return { name, values };
}
