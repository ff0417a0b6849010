import type { LaravelGroup } from '../laravel/group.ts';
import type { Resolver } from '../names/resolver.ts';

const TESTS = /(^|\/)tests?\//i;

/**
 * The group with the namespace below which a controller lies that is named without it, such as
 * `Admin\NewsController@edit`. `null`: no class of the workspace, or several, may be meant.
 */
export function placeByName(
  target: string,
  group: LaravelGroup,
  from: string,
  { program }: Resolver,
): LaravelGroup | null {
  const [left = ''] = target.replace(/^\\/, '').split(/@|::?/);
  const name = left.slice(left.lastIndexOf('\\') + 1);
  const namespaces = program.symbolsNamed(name).flatMap(({ file, index }) => {
    const facts = program.facts(file);
    const isClass = facts.language === 'php' && program.symbol({ file, index }).kind === 'class';
    if (!isClass || TESTS.test(file) !== TESTS.test(from)) return [];
    const whole = `\\${facts.package}\\${name}`;
    return whole.endsWith(`\\${left}`) ? [whole.slice(1, -left.length - 1)] : [];
  });
  // Of `Controllers` and `Controllers\Api` the outer one is where names begin.
  const [shortest, next] = [...new Set(namespaces)].sort((a, b) => a.length - b.length);
  if (shortest === undefined || (next !== undefined && !next.startsWith(`${shortest}\\`))) return null;
  return { ...group, namespace: shortest };
}
