import { textAt } from '../block-language.ts';
import { positional } from '../expressions.ts';
import type { Resolver } from '../names/resolver.ts';
import { type RackApp, RackApps } from '../rack/apps.ts';
import { type BlockDialect, readBlockRoutes } from '../rack/mapper.ts';
import { defineRouteFinder } from '../route-finder.ts';

const DIALECT: BlockDialect = {
  framework: 'grape',
  groups: /^(namespace|resources?|group|segment|route_param)$/,
  open: /^version$/,
  allowsNoPath: true,
};

/** Grape: blocks in classes that extend `Grape::API`, with prefix, version in the path, and what they mount. */
export default defineRouteFinder({
  framework: 'grape',
  find(resolver) {
    const apps = new RackApps(resolver, /^Grape::API(::Instance)?$/);
    const baseOf = (app: RackApp) => basePath(app, resolver);
    return apps.all.flatMap((app) => {
      const { scope } = resolver.program.symbol(app);
      if (scope === null) return [];
      return apps
        .prefixesOf(app, baseOf)
        .flatMap((prefix) => [
          ...readBlockRoutes({ file: app.file, scope }, `${prefix}/${baseOf(app)}`, DIALECT, resolver),
        ]);
    });
  },
});

/** `prefix :api` and `version 'v1', using: :path` of a class. */
function basePath(app: RackApp, resolver: Resolver): string {
  const { scope } = resolver.program.symbol(app);
  const place = { file: app.file, scope: scope ?? 0 };
  const parts = { prefix: '', version: '' };
  for (const { scope: at, call } of resolver.program.facts(app.file).calls) {
    const name = at === scope && call.callee.kind === 'name' ? call.callee.name : '';
    if (name !== 'prefix' && name !== 'version') continue;
    const [given] = positional(call);
    const using = call.args.find((argument) => argument.name === 'using')?.value;
    const isInPath = using === undefined || (using.kind === 'string' && using.value === 'path');
    const first = given?.kind === 'list' ? given.items[0] : given;
    if (isInPath) parts[name] = textAt(first, place, new Map(), resolver) ?? '';
  }
  return `${parts.prefix}/${parts.version}`;
}
