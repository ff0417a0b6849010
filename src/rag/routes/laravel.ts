import type { Route } from '../../types-code.ts';
import { blockOf, textAt } from '../block-language.ts';
import { keyword, positional } from '../expressions.ts';
import type { FileFacts } from '../facts.ts';
import { UNGROUPED } from '../laravel/group.ts';
import { LaravelMapper, routerChain } from '../laravel/mapper.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { findPhpFiles } from '../php-paths.ts';
import { defineRouteFinder } from '../route-finder.ts';

/** Laravel: route files and the groups, providers and `withRouting` that read them, resources, controllers by name. */
export default defineRouteFinder({
  framework: 'laravel',
  find(resolver) {
    const scopes = listRoutingScopes(resolver);
    if (scopes.length === 0) return [];
    const routes: Route[] = [];
    const mapper = new LaravelMapper(resolver, (route) => routes.push(route));
    readBootstrap(mapper, resolver);
    const included = listIncluded(resolver);
    for (const place of scopes) {
      if (place.scope > 0) mapper.read(place, UNGROUPED);
    }
    // What nothing that can be read includes has the prefix that its name is known for.
    const files = scopes.flatMap(({ file, scope }) => (scope === 0 ? file : []));
    const roots = [...files.filter((file) => !included.has(file)), ...files];
    for (const file of roots) {
      if (mapper.files.has(file)) continue;
      mapper.readFile(file, { ...UNGROUPED, prefix: /(^|\/)routes\/api\.php$/.test(file) ? 'api' : '' });
    }
    return routes;
  },
});

/** Scopes that speak to the router, without the closures of groups, which are read where the group is. */
function listRoutingScopes({ program }: Resolver): readonly Place[] {
  const found = new Map<string, Place>();
  for (const [file, facts] of program.filesOf('php')) {
    const groups = new Set<number>();
    for (const { scope, call } of facts.calls) {
      const chain = routerChain(call);
      if (chain === null) continue;
      const block = chain.links.at(-1)?.name === 'group' ? blockOf(call) : null;
      if (block !== null) groups.add(block);
      found.set(`${file} ${scope}`, { file, scope });
    }
    for (const [key, place] of found) {
      if (place.file === file && isInside(place.scope, groups, facts)) found.delete(key);
    }
  }
  return [...found.values()];
}

function isInside(scope: number, groups: ReadonlySet<number>, { scopes }: FileFacts): boolean {
  for (let at = scope; at > 0; at = scopes[at]?.parent ?? -1) if (groups.has(at)) return true;
  return false;
}

/** `withRouting(api: …, apiPrefix: …)` of `bootstrap/app.php`. */
function readBootstrap(mapper: LaravelMapper, resolver: Resolver): void {
  for (const { file, placed } of resolver.program.callsNamed('withRouting', 'php')) {
    const place = { file, scope: placed.scope };
    const names = new Map<string, string>();
    for (const kind of ['web', 'api'] as const) {
      const path = keyword(placed.call, kind);
      const given = textAt(keyword(placed.call, 'apiPrefix'), place, names, resolver);
      const prefix = kind === 'api' ? (given ?? 'api') : '';
      for (const found of path === null ? [] : findPhpFiles(path, place, resolver)) {
        mapper.readFile(found, { ...UNGROUPED, prefix });
      }
    }
  }
}

/** Files that a group, a provider or another file reads. */
function listIncluded(resolver: Resolver): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of ['group', 'require', 'loadRoutesFrom']) {
    for (const { file, placed } of resolver.program.callsNamed(name, 'php')) {
      for (const given of positional(placed.call)) {
        if (given.kind === 'function' || given.kind === 'map') continue;
        for (const path of findPhpFiles(given, { file, scope: placed.scope }, resolver)) found.add(path);
      }
    }
  }
  return found;
}
