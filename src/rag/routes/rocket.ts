import { lastName, positional, stringOf } from '../expressions.ts';
import { methodOf } from '../route-finder.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';

/** Rocket: `rocket::build().mount("/api", routes![list, show])` with `#[get("/orders/<id>")]`. */
export default defineRouterFramework({
  framework: 'rocket',
  family: 'rust',
  syntax: 'angles',
  constructors: /^rocket(\.Rocket)?\.(build|custom|ignite)$/,
  types: /^rocket\.Rocket$/,
  read(call, name) {
    if (/^(attach|manage|register|configure)$/.test(name)) return { does: 'chain' };
    const [prefix, routes] = positional(call);
    if (name !== 'mount' || prefix === undefined || routes === undefined) return null;
    return { does: 'mount', prefix, children: [routes] };
  },
  attribute(attribute) {
    const name = lastName(attribute.callee) ?? '';
    const given = positional(attribute);
    const uri = given.find((item) => item.kind === 'string');
    // `#[route(GET, uri = "/x")]`
    const named = attribute.args.find((argument) => argument.name === 'uri')?.value;
    const verb = name === 'route' ? methodOf(lastName(given[0] ?? stringOf('')) ?? '') : methodOf(name);
    const path = uri ?? named;
    if (verb === null || path?.kind !== 'string') return null;
    const bare = path.value.replace(/\?.*$/, '').replace(/<(\w+)\.\.>/g, '<$1>');
    return { does: 'route', methods: [verb], path: stringOf(bare), handlers: [] };
  },
});
