import type { Route } from '../../types-code.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, FileFacts, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const BASE = /^(Endpoint|EndpointWithoutRequest|EndpointWithMapping|EndpointWithMapper)$/;

/** FastEndpoints: a class that extends `Endpoint`, says its path in `Configure` and answers in `HandleAsync`. */
export default defineRouteFinder({
  framework: 'fast-endpoints',
  find: (resolver) =>
    resolver.program.filesOf('csharp').flatMap(([file, facts]) => {
      return facts.symbols.flatMap((symbol) => {
        const isEndpoint = symbol.kind === 'class' && symbol.bases.some((base) => BASE.test(baseName(base)));
        return isEndpoint ? routesOf(file, facts, symbol, resolver) : [];
      });
    }),
});

function baseName(base: SymbolFact['bases'][number]): string {
  return lastName(base) ?? '';
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
  return [...whole, ...apart].map(({ method, path }) => ({
    framework: 'fast-endpoints',
    method,
    path: toTemplate(joinPaths(path), 'braces'),
    operationId: endpoint.name,
    handler: { file, startLine, endLine },
    handlerName: name,
    declaredAt: { file, startLine: setup.startLine, endLine: setup.endLine },
  }));
}
