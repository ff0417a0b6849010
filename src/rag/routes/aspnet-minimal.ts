import { positional } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../router-routes.ts';

/** ASP.NET Core minimal APIs: `app.MapGet(path, handler)`, `MapGroup`, extension methods that map. */
export default defineRouterFramework({
  framework: 'aspnet-minimal',
  family: 'csharp',
  syntax: 'braces',
  constructors: /^WebApplication\.Create(\w*(\(\)\.Build))?$/,
  types: /^(WebApplication|IEndpointRouteBuilder|RouteGroupBuilder|IApplicationBuilder)$/,
  read(call, name) {
    const [first, second, third] = positional(call);
    if (/^(With|Require|Add|Produces|Accepts|Allow|Disable|Use)\w*$/.test(name)) return { does: 'chain' };
    if (name === 'MapGroup') return { does: 'derive', prefix: first ?? null, fill: null };
    if (first === undefined || second === undefined) return null;
    if (name === 'MapMethods') {
      const items = second.kind === 'list' ? second.items : [];
      const methods = items.flatMap((item) => (item.kind === 'string' ? (methodOf(item.value) ?? []) : []));
      return third === undefined ? null : { does: 'route', methods, path: first, handlers: [third] };
    }
    const verb = /^Map(Get|Post|Put|Patch|Delete)?$/.exec(name);
    if (verb === null) return null;
    const method = verb[1] === undefined ? 'ANY' : methodOf(verb[1]);
    return method === null ? null : { does: 'route', methods: [method], path: first, handlers: [second] };
  },
});
