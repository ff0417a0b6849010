import { positional } from '../expressions.ts';
import type { Resolver } from '../names/resolver.ts';
import { RackApps } from '../rack/apps.ts';
import { type BlockDialect, readBlockRoutes } from '../rack/mapper.ts';
import { defineRouteFinder } from '../route-finder.ts';

const DIALECT: BlockDialect = {
  framework: 'sinatra',
  groups: /^namespace$/,
  open: /^(configure|helpers|register)$/,
  allowsNoPath: false,
};

/** Sinatra: blocks in classes that extend `Sinatra::Base`, extensions that they register, blocks at the top of a file. */
export default defineRouteFinder({
  framework: 'sinatra',
  find(resolver) {
    const apps = new RackApps(resolver, /^Sinatra::(Base|Application)$/);
    const modular = apps.all.flatMap((app) => {
      const { scope } = resolver.program.symbol(app);
      if (scope === null) return [];
      const places = [{ file: app.file, scope }, ...listExtensions({ file: app.file, scope }, resolver)];
      return apps
        .prefixesOf(app, () => '')
        .flatMap((prefix) =>
          places.flatMap((place) => [...readBlockRoutes(place, prefix, DIALECT, resolver)]),
        );
    });
    return [...modular, ...listClassic(resolver)];
  },
});

/** Bodies of `def self.registered(app)` of the modules that a class registers. */
function listExtensions(place: { readonly file: string; readonly scope: number }, resolver: Resolver) {
  return resolver.program.facts(place.file).calls.flatMap(({ scope, call }) => {
    if (scope !== place.scope || call.callee.kind !== 'name' || call.callee.name !== 'register') return [];
    return positional(call)
      .flatMap((given) => [...resolver.evaluate(given, place)])
      .flatMap((entity) => (entity.kind === 'symbol' ? [...resolver.types.member(entity, 'registered')] : []))
      .flatMap((member) => {
        const body = member.kind === 'symbol' ? resolver.program.symbol(member).scope : null;
        return member.kind !== 'symbol' || body === null ? [] : [{ file: member.file, scope: body }];
      });
  });
}

/** Once a file asks for `sinatra` itself, routes may stand at the top of any file. */
function listClassic(resolver: Resolver) {
  const { program } = resolver;
  const isClassic = program
    .callsNamed('require', 'ruby')
    .some(({ placed }) =>
      positional(placed.call).some(
        (given) => given.kind === 'string' && /^sinatra(\/reloader)?$/.test(given.value),
      ),
    );
  if (!isClassic) return [];
  return program
    .filesOf('ruby')
    .flatMap(([file]) => [...readBlockRoutes({ file, scope: 0 }, '', DIALECT, resolver)]);
}
