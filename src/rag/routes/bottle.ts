import type { Route } from '../../types-code.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Bottle: `@route(path, method=…)`, `@get(path)`, and the same on an application, `@app.post(path)`. */
export default defineRouteFinder({
  framework: 'bottle',
  find(resolver) {
    if (!resolver.program.usesModule('bottle', 'python')) return [];
    return resolver.program.filesOf('python').flatMap(([file, { symbols }]) =>
      symbols.flatMap(({ name, inScope, startLine, endLine, decorators }) => {
        const place = { file, scope: inScope };
        return decorators.flatMap((call): Route[] => {
          if (call.kind !== 'call' || !isBottle(call.callee, place, resolver)) return [];
          const path = positional(call)[0] ?? keyword(call, 'path');
          const items = path?.kind === 'list' ? path.items : path === null ? [] : [path];
          const paths = items.flatMap((item) => constantOf(item, place, resolver) ?? []);
          return paths.flatMap((own) =>
            methodsOf(call, place, resolver).map((method) => ({
              framework: 'bottle',
              method,
              // `<name:path>`, `<id:int>`, and `:name` of old.
              path: toTemplate(joinPaths(own.replace(/<(\w+)(?::[^<>]*)?>/g, '{$1}')), 'colon-or-braces'),
              operationId: null,
              handler: { file, startLine, endLine },
              handlerName: name,
              declaredAt: { file, startLine: call.line, endLine: call.endLine },
            })),
          );
        });
      }),
    );
  },
});

/** A function of the library, or a method of an application. */
function isBottle(callee: Expression, place: Place, resolver: Resolver): boolean {
  if (!/^(route|get|post|put|patch|delete)$/.test(lastName(callee) ?? '')) return false;
  const isOwn = (entity: Entity) => entity.kind === 'external' && /^bottle\.\w+$/.test(entity.name);
  if (resolver.evaluate(callee, place).some(isOwn)) return true;
  if (callee.kind !== 'member') return false;
  return resolver.evaluate(callee.of, place).some((entity) => {
    if (entity.kind !== 'value' || entity.value.kind !== 'call') return false;
    return resolver
      .evaluate(entity.value.callee, entity)
      .some((made) => made.kind === 'external' && /^bottle\.(Bottle|default_app)$/.test(made.name));
  });
}

/** The verb itself, or `method='POST'` and `method=['GET', 'POST']` of `route`; GET where none is stated. */
function methodsOf(call: CallExpression, place: Place, resolver: Resolver): readonly Route['method'][] {
  const name = lastName(call.callee) ?? '';
  if (name !== 'route') return [methodOf(name) ?? 'ANY'];
  const given = keyword(call, 'method') ?? positional(call)[1] ?? null;
  const items = given?.kind === 'list' ? given.items : given === null ? [] : [given];
  const methods = items.flatMap((item) => methodOf(constantOf(item, place, resolver) ?? '') ?? []);
  return methods.length === 0 ? ['GET'] : methods;
}
