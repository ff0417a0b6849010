import { keyword, positional } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Resolver } from '../names/resolver.ts';

/** A pattern such as `{controller=Home}/{action=Index}/{id?}`, which names controllers and actions by their classes. */
export interface ConventionalPattern {
  readonly pattern: string;
  /** Of controllers in this area only; `null`: of those outside areas, or the pattern names the area. */
  readonly area: string | null;
}

const DEFAULT_PATTERN = '{controller=Home}/{action=Index}/{id?}';

/** Patterns that the application maps controllers by. */
export function listConventionalPatterns(resolver: Resolver): readonly ConventionalPattern[] {
  const of = (
    name: string,
    read: (call: CallExpression, given: readonly (string | null)[]) => string | null,
  ) =>
    resolver.program.callsNamed(name, 'csharp').flatMap(({ file, placed: { call, scope } }) => {
      const place = { file, scope };
      const textOf = (value: Parameters<typeof constantOf>[0]) => constantOf(value, place, resolver);
      const named = keyword(call, 'pattern', 'template', 'url');
      const pattern = named === null ? read(call, positional(call).map(textOf)) : textOf(named);
      const area =
        name === 'MapAreaControllerRoute' ? (positional(call)[1] ?? keyword(call, 'areaName')) : null;
      return pattern === null ? [] : [{ pattern, area: area === null ? null : textOf(area) }];
    });
  return [
    ...of('MapControllerRoute', (_, given) => given[1] ?? null),
    ...of('MapRoute', (_, given) => given[1] ?? null),
    ...of('MapAreaControllerRoute', (_, given) => given[2] ?? null),
    ...of('MapDefaultControllerRoute', () => DEFAULT_PATTERN),
    ...of('UseMvcWithDefaultRoute', () => DEFAULT_PATTERN),
  ];
}

/** Paths that the patterns give an action, those with its defaults left out too. */
export function conventionalPaths(
  patterns: readonly ConventionalPattern[],
  names: { readonly controller: string; readonly action: string; readonly area: string | null },
): readonly string[] {
  const given: Readonly<Record<string, string | null>> = names;
  const paths = patterns.flatMap(({ pattern, area }) => {
    const inArea = /\{area\b/.test(pattern) || area !== null;
    if (inArea !== (names.area !== null) || (area !== null && area !== names.area)) return [];
    const parts = pattern.split('/').filter((part) => part !== '');
    const filled = parts.map((part) => readPart(part, given));
    const ways = [filled];
    // What is a default, or optional, may be left out at the end.
    for (let at = filled.length - 1; at >= 0 && filled[at]?.optional === true; at--) {
      ways.push(filled.slice(0, at));
    }
    return ways.map((way) => `/${way.map(({ text }) => text).join('/')}`);
  });
  return [...new Set(paths)];
}

function readPart(
  part: string,
  names: Readonly<Record<string, string | null>>,
): { readonly text: string; readonly optional: boolean } {
  const [, key = '', rest = ''] = /^\{\*{0,2}(\w+)([^}]*)\}$/.exec(part) ?? [];
  if (key === '') return { text: part, optional: false };
  const name = names[key] ?? null;
  const [, preset] = /=(.*)$/.exec(rest) ?? [];
  if (name === null) return { text: `{${key}}`, optional: rest.endsWith('?') || preset !== undefined };
  return { text: name, optional: preset?.toLowerCase() === name.toLowerCase() };
}
