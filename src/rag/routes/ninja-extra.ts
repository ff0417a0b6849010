import type { Route } from '../../types-code.ts';
import { listNinjaPrefixes } from '../django/prefixes.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Django Ninja Extra: `@api_controller(prefix)` classes with `@http_get(path)` or `@route.get(path)` methods. */
export default defineRouteFinder({
  framework: 'django-ninja-extra',
  find: (resolver) => {
    const routes = resolver.program.filesOf('python').flatMap(([file, { symbols }]) => {
      return symbols.flatMap((symbol) => {
        const mark = symbol.decorators.find(
          (one) => one.kind === 'call' && lastName(one.callee) === 'api_controller',
        );
        return mark?.kind === 'call' ? routesOf(symbol, mark, file, resolver) : [];
      });
    });
    const prefixes = routes.length === 0 ? [] : listNinjaPrefixes(resolver);
    const [prefix = ''] = prefixes.length === 1 ? prefixes : [];
    return routes.map((route) => ({ ...route, path: joinPaths(prefix, route.path) }));
  },
});

function routesOf(owner: SymbolFact, mark: CallExpression, file: string, resolver: Resolver): Route[] {
  const place = { file, scope: owner.inScope };
  const base = constantOf(positional(mark)[0] ?? keyword(mark, 'prefix_or_class'), place, resolver) ?? '';
  const members = resolver.program.facts(file).symbols.filter((symbol) => symbol.inScope === owner.scope);
  return members.flatMap((member) =>
    member.decorators.flatMap((call): Route[] => {
      const method = call.kind === 'call' ? verbOf(call) : null;
      if (call.kind !== 'call' || method === null) return [];
      const path = constantOf(positional(call)[0] ?? keyword(call, 'path'), place, resolver) ?? '';
      const { name, startLine, endLine } = member;
      return [
        {
          framework: 'django-ninja-extra',
          method,
          path: toTemplate(joinPaths(base, path.replace(/\{\w+:(\w+)\}/g, '{$1}')), 'braces'),
          operationId: constantOf(keyword(call, 'operation_id'), place, resolver),
          handler: { file, startLine, endLine },
          handlerName: name,
          declaredAt: { file, startLine: call.line, endLine: call.endLine },
        },
      ];
    }),
  );
}

function verbOf({ callee }: CallExpression): Route['method'] | null {
  const name = lastName(callee) ?? '';
  if (name.startsWith('http_')) return methodOf(name.slice('http_'.length));
  const isRoute = callee.kind === 'member' && lastName(callee.of) === 'route';
  return isRoute ? methodOf(name) : null;
}
