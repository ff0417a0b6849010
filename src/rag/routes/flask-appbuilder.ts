import type { Route } from '../../types-code.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' };

/**
 * Flask-AppBuilder: methods with `@expose(path, methods=…)`, below `route_base`, else `/api/v1/` and the
 * `resource_name` (https://flask-appbuilder.readthedocs.io/en/latest/rest_api.html).
 */
export default defineRouteFinder({
  framework: 'flask-appbuilder',
  find(resolver) {
    if (!resolver.program.usesModule('flask_appbuilder', 'python')) return [];
    return resolver.program.filesOf('python').flatMap(([file, { symbols, scopes }]) =>
      symbols.flatMap((symbol) => {
        const owner = scopes[symbol.inScope]?.kind === 'class' ? scopes[symbol.inScope]?.symbol : null;
        if (owner === null || owner === undefined) return [];
        const place = { file, scope: symbol.inScope };
        return symbol.decorators.flatMap((call): Route[] => {
          if (call.kind !== 'call' || lastName(call.callee) !== 'expose') return [];
          const base = baseOf({ kind: 'symbol', file, index: owner }, resolver);
          const own = constantOf(positional(call)[0] ?? keyword(call, 'url'), place, resolver);
          if (base === null || own === null) return [];
          return methodsOf(call, place, resolver).map((method) => ({
            framework: 'flask-appbuilder',
            method,
            path: toTemplate(joinPaths(base, own), 'angles'),
            operationId: null,
            handler: { file, startLine: symbol.startLine, endLine: symbol.endLine },
            handlerName: symbol.name,
            declaredAt: { file, startLine: call.line, endLine: call.endLine },
          }));
        });
      }),
    );
  },
});

/** Path before all that a class exposes; `null`: it is a view whose path the application does not state. */
function baseOf(owner: ClassEntity, resolver: Resolver): string | null {
  const text = (name: string) => {
    for (const entity of resolver.types.member(owner, name)) {
      const found = entity.kind === 'value' ? constantOf(entity.value, entity, resolver) : null;
      if (found !== null) return found;
    }
    return null;
  };
  const base = text('route_base');
  if (base !== null) return base;
  const resource = text('resource_name');
  return resource === null ? null : `/api/${text('version') ?? 'v1'}/${resource}`;
}

/** `methods=("POST",)`; GET where none are stated. */
function methodsOf(call: CallExpression, place: Place, resolver: Resolver): readonly Route['method'][] {
  const list = keyword(call, 'methods');
  const items = list?.kind === 'list' ? list.items : [];
  const methods = items.flatMap((item) => methodOf(constantOf(item, place, resolver) ?? '') ?? []);
  return methods.length === 0 ? ['GET'] : methods;
}
