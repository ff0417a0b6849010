import type { Route } from '../../types-code.ts';
import { keyword, positional } from '../expressions.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Falcon: `app.add_route(path, Resource(), suffix=…)`, answered by `on_get` and its like. */
export default defineRouteFinder({
  framework: 'falcon',
  find(resolver) {
    if (!resolver.program.usesModule('falcon', 'python')) return [];
    return resolver.program.callsNamed('add_route', 'python').flatMap(({ file, placed }) => {
      const { call, scope } = placed;
      const place = { file, scope };
      const [first = null, second] = positional(call);
      const path = constantOf(first ?? keyword(call, 'uri_template'), place, resolver);
      const resource = second ?? keyword(call, 'resource');
      if (path === null || resource === null || resource === undefined) return [];
      const suffix = constantOf(keyword(call, 'suffix'), place, resolver);
      const owners = resolver.evaluate(resource, place).flatMap((entity) => [...resolver.types.of(entity)]);
      return owners.flatMap((owner) =>
        listResponders(owner, suffix, resolver).map(({ method, handler }): Route => {
          const { name, startLine, endLine } = resolver.program.symbol(handler);
          return {
            framework: 'falcon',
            method,
            path: toTemplate(joinPaths(path), 'braces'),
            operationId: null,
            handler: { file: handler.file, startLine, endLine },
            handlerName: name,
            declaredAt: { file, startLine: call.line, endLine: call.endLine },
          };
        }),
      );
    });
  },
});

/** `on_get` of a resource, or `on_get_list` for the suffix `list`; its bases' too. */
function listResponders(
  owner: Entity & { readonly kind: 'instance' },
  suffix: string | null,
  resolver: Resolver,
): readonly { readonly method: Route['method']; readonly handler: Entity & { readonly kind: 'symbol' } }[] {
  return ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'].flatMap((verb) => {
    const method = methodOf(verb);
    const name = suffix === null ? `on_${verb}` : `on_${verb}_${suffix}`;
    const [member] = resolver.types.member(owner, name);
    return method === null || member?.kind !== 'symbol' ? [] : [{ method, handler: member }];
  });
}
