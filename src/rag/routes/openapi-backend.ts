import { documentedRoute, listWorkspaceOperations } from '../contracts/documented-routes.ts';
import { entryOf, positional } from '../expressions.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

/** openapi-backend: `handlers: { listOrders }` and `register('listOrders', …)`, named as the document's operations. */
export default defineRouteFinder({
  framework: 'openapi-backend',
  find(resolver) {
    if (!resolver.program.usesModule('openapi-backend', 'javascript')) return [];
    const handlersOf = tableOfHandlers(resolver);
    return listWorkspaceOperations(resolver, /operationId/).flatMap((operation) => {
      const { operationId } = operation;
      if (operationId === null) return [];
      for (const entity of handlersOf(operationId)) {
        const route = documentedRoute(
          'openapi-backend',
          operation,
          operation.base,
          entity,
          operationId,
          resolver,
        );
        if (route !== null) return [route];
      }
      return [];
    });
  },
});

/** Gives what is registered under an id. */
function tableOfHandlers(resolver: Resolver): (id: string) => readonly Entity[] {
  const maps: Entity[] = [];
  const named = new Map<string, Entity[]>();
  for (const name of ['OpenAPIBackend', 'default', 'register', 'registerHandler']) {
    for (const { file, placed } of resolver.program.callsNamed(name, 'javascript')) {
      const place: Place = { file, scope: placed.scope };
      const [first, second] = positional(placed.call);
      if (first?.kind === 'string' && second !== undefined) {
        named.set(first.value, [...(named.get(first.value) ?? []), ...resolver.evaluate(second, place)]);
      } else if (first !== undefined) {
        const handlers = name.startsWith('register') ? first : entryOf(first, 'handlers');
        if (handlers !== null) maps.push(...resolver.evaluate(handlers, place));
      }
    }
  }
  return (id) => [...(named.get(id) ?? []), ...maps.flatMap((map) => [...resolver.member(map, id)])];
}
