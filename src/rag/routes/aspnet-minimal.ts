import { belowModules } from '../aspnet/carter.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import type { RouterCall } from '../routers/router-dialect.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** What builders say of a group or an endpoint, and give themselves. */
const CHAIN =
  /^(With|Require|Add|Produces|Accepts|Allow|Disable|Use|Has|Is|MapTo|Report|Advertises|ExcludeFrom|CacheOutput|NewVersionedApi|Finally)\w*$/;
const MAPS = /^Map(Get|Post|Put|Patch|Delete|Methods)?$/;

/** ASP.NET Core minimal APIs: `app.MapGet(path, handler)`, `MapGroup`, extension methods that map, modules of Carter. */
export default defineRouteFinder({
  framework: 'aspnet-minimal',
  find: (resolver) => {
    const names = listNames(resolver);
    const read = (call: CallExpression, name: string) => readCall(call, name, names);
    const routes = defineRouterFramework({
      framework: 'aspnet-minimal',
      family: 'csharp',
      syntax: 'braces',
      constructors: /^WebApplication\.Create(\w*(\(\)\.Build))?$/,
      types:
        /^(WebApplication|IEndpointRouteBuilder|RouteGroupBuilder|IVersionedEndpointRouteBuilder|IApplicationBuilder)$/,
      read,
    }).find(resolver, []);
    return belowModules(routes, resolver);
  },
});

function readCall(
  call: CallExpression,
  name: string,
  names: ReadonlyMap<CallExpression, Expression>,
): RouterCall | null {
  const [first, second, third] = positional(call);
  if (CHAIN.test(name)) return { does: 'chain' };
  if (name === 'MapGroup') return { does: 'derive', prefix: first ?? null, fill: null };
  if (first === undefined) return null;
  const operationId = names.get(call) ?? null;
  if (name === 'MapMethods') {
    const items = second?.kind === 'list' ? second.items : [];
    const methods = items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
    return third === undefined
      ? null
      : { does: 'route', methods, path: first, handlers: [third], operationId };
  }
  const verb = MAPS.exec(name);
  if (verb === null) return null;
  const method = verb[1] === undefined ? 'ANY' : methodOf(verb[1]);
  if (method === null) return null;
  if (second !== undefined && second.kind !== 'string') {
    return { does: 'route', methods: [method], path: first, handlers: [second], operationId };
  }
  // Extensions of an application's own take the handler first, and name the endpoint after it.
  if (first.kind !== 'name' || verb[1] === undefined) return null;
  const id = operationId ?? { kind: 'string', value: first.name };
  return { does: 'route', methods: [method], path: second ?? null, handlers: [first], operationId: id };
}

/** `WithName("readOrder")` by the call that it follows in a chain. */
function listNames({ program }: Resolver): ReadonlyMap<CallExpression, Expression> {
  const names = new Map<CallExpression, Expression>();
  for (const { placed } of program.callsNamed('WithName', 'csharp')) {
    const [id] = positional(placed.call);
    let at: Expression = placed.call;
    while (at.kind === 'call' && at.callee.kind === 'member' && !MAPS.test(at.callee.name)) at = at.callee.of;
    if (at.kind === 'call' && id !== undefined && MAPS.test(lastName(at.callee) ?? '')) names.set(at, id);
  }
  return names;
}
