import type { Route } from '../../types-code.ts';
import { allBasesOf } from '../annotated-classes.ts';
import { lastName, positional, textOf } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const BASE = /^(Endpoint|EndpointWithoutRequest|EndpointWithMapping|EndpointWithMapper)$/;
/** `Ep.Req<OrderRequest>.Res<Order>` */
const FLUENT_BASE = /^(No)?Res(<|$)/;
const MAX_GROUPS = 5;

/**
 * FastEndpoints: a class that extends `Endpoint`, also through a base of the application, says its path in `Configure`,
 * below the prefixes of its `Group<T>()`, and answers in `HandleAsync`.
 */
export default defineRouteFinder({
  framework: 'fast-endpoints',
  find: (resolver) =>
    resolver.program.filesOf('csharp').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol, index) => {
        if (symbol.kind !== 'class' || symbol.bases.length === 0) return [];
        const hasSetup = facts.symbols.some(
          (one) => one.inScope === symbol.scope && one.name === 'Configure',
        );
        if (!hasSetup || !isEndpoint(file, index, resolver)) return [];
        return routesOf(file, facts, symbol, resolver);
      });
    }),
});

function isEndpoint(file: string, index: number, resolver: Resolver): boolean {
  const owner = { kind: 'symbol', file, index } as const;
  return [owner, ...allBasesOf(owner, resolver)].some((type) =>
    resolver.program
      .symbol(type)
      .bases.some((base) => BASE.test(lastName(base) ?? '') || FLUENT_BASE.test(textOf(base))),
  );
}

/** Prefixes of the groups that a setup names, outermost first: `Configure("orders", …)` of `OrdersGroup : SubGroup<Shop>`. */
function groupPrefix(facts: FileFacts, scope: number, file: string, resolver: Resolver, depth = 0): string {
  if (depth > MAX_GROUPS) return '';
  const named = facts.statements.flatMap(({ scope: at, value }) => (at === scope ? groupIn(value) : []));
  return named.map((group) => prefixOf(group, { file, scope }, resolver, depth)).join('/');
}

/** `OrdersGroup` of `Group<OrdersGroup>` and `SubGroup<OrdersGroup>`. */
function groupIn(type: Expression): Expression[] {
  return type.kind === 'index' && /^(Sub)?Group$/.test(lastName(type.of) ?? '') ? type.items.slice(0, 1) : [];
}

function prefixOf(group: Expression, place: Place, resolver: Resolver, depth: number): string {
  for (const entity of resolver.evaluate(group, place)) {
    if (entity.kind !== 'symbol' || depth > MAX_GROUPS) continue;
    const { bases, scope, inScope } = resolver.program.symbol(entity);
    const at = { file: entity.file, scope: inScope };
    const above = bases.flatMap(groupIn).map((one) => prefixOf(one, at, resolver, depth + 1));
    const facts = resolver.program.facts(entity.file);
    const own = facts.calls.flatMap(({ scope: from, call }) => {
      const isOwn = facts.scopes[from]?.parent === scope && lastName(call.callee) === 'Configure';
      return isOwn ? (constantOf(positional(call)[0] ?? null, { ...at, scope: from }, resolver) ?? []) : [];
    });
    return [...above, ...own].join('/');
  }
  return '';
}

function routesOf(file: string, facts: FileFacts, endpoint: SymbolFact, resolver: Resolver): Route[] {
  const members = facts.symbols.filter((symbol) => symbol.inScope === endpoint.scope);
  const setup = members.find(({ name }) => name === 'Configure');
  const handler = members.find(({ name }) => /^(Handle|Execute)Async$/.test(name));
  if (setup === undefined || handler === undefined) return [];
  const calls = facts.calls.flatMap(({ scope, call }) => (scope === setup.scope ? [call] : []));
  const named = (name: RegExp) =>
    calls.filter((call) => call.callee.kind === 'name' && name.test(call.callee.name));
  const textsOf = (call: CallExpression) =>
    positional(call).flatMap((item) => constantOf(item, { file, scope: setup.scope ?? 0 }, resolver) ?? []);
  const verbs = named(/^Verbs$/).flatMap((call) =>
    positional(call).flatMap(
      (item) => methodOf(item.kind === 'string' ? item.value : (lastName(item) ?? '')) ?? [],
    ),
  );
  const whole = named(/^(Get|Post|Put|Patch|Delete|Head)$/).flatMap((call) => {
    const method = methodOf(lastName(call.callee) ?? '');
    return method === null ? [] : textsOf(call).map((path) => ({ method, path }));
  });
  const apart = named(/^Routes$/).flatMap((call) =>
    textsOf(call).flatMap((path) => verbs.map((method) => ({ method, path }))),
  );
  const { name, startLine, endLine } = handler;
  const below = groupPrefix(facts, setup.scope ?? -1, file, resolver);
  return [...whole, ...apart].map(({ method, path }) => ({
    framework: 'fast-endpoints',
    method,
    path: toTemplate(joinPaths(below, path), 'braces'),
    operationId: endpoint.name,
    handler: { file, startLine, endLine },
    handlerName: name,
    declaredAt: { file, startLine: setup.startLine, endLine: setup.endLine },
  }));
}
