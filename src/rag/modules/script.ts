import { posix } from 'node:path';
import type { Manifests } from '../manifests/manifests.ts';
import type { FindModule } from './find-module.ts';

const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

/** JavaScript and TypeScript: relative paths, `paths` and `baseUrl` of tsconfig, packages of the workspace. */
export function createScriptFinder(files: readonly string[], manifests: Manifests): FindModule {
  const known = new Set(files);
  const find = (path: string) => findFile(path, known);
  return (from, module) => {
    if (module.startsWith('.')) return find(posix.join(posix.dirname(from), module));
    return findByAlias(from, module, manifests, find) ?? findInPackage(module, manifests, find);
  };
}

/** Finds the file of an import's path: endings left out, `index`, and `.js` written for `.ts`. */
function findFile(path: string, known: ReadonlySet<string>): string | null {
  const base = path.replace(/\/$/, '');
  if (known.has(base)) return base;
  const bare = base.replace(/\.([mc]?)jsx?$/, '');
  const candidates = [
    ...(bare === base ? [] : ENDINGS.map((ending) => bare + ending)),
    ...ENDINGS.map((ending) => base + ending),
    ...ENDINGS.map((ending) => posix.join(base, `index${ending}`)),
  ];
  return candidates.find((candidate) => known.has(candidate)) ?? null;
}

function findByAlias(
  from: string,
  module: string,
  manifests: Manifests,
  find: (path: string) => string | null,
): string | null {
  for (const { folder, baseUrl, paths } of manifests.tsconfigsAbove(from)) {
    for (const { pattern, targets } of paths) {
      const rest = matchPattern(module, pattern);
      if (rest === null) continue;
      for (const target of targets) {
        const found = find(posix.join(folder, baseUrl ?? '.', target.replace('*', rest)));
        if (found !== null) return found;
      }
    }
    const found = baseUrl === null ? null : find(posix.join(folder, baseUrl, module));
    if (found !== null) return found;
  }
  return findByCommonAlias(from, module, find);
}

/** `@/x`, `~/x` and `src/x` mean the nearest source folder where no configuration says otherwise. */
function findByCommonAlias(
  from: string,
  module: string,
  find: (path: string) => string | null,
): string | null {
  const rest = /^(?:[@~]\/|[@~](?=src\/)|#)(.+)$/.exec(module)?.[1] ?? module;
  if (rest === module && !module.startsWith('src/')) return null;
  for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
    const found = find(posix.join(folder, rest)) ?? find(posix.join(folder, 'src', rest));
    if (found !== null) return found;
    if (folder === '.' || folder === '/') return null;
  }
}

function findInPackage(
  module: string,
  manifests: Manifests,
  find: (path: string) => string | null,
): string | null {
  for (const { name, folder, main } of manifests.packages) {
    if (module !== name && !module.startsWith(`${name}/`)) continue;
    const rest = module.slice(name.length + 1);
    const tries = rest === '' ? [main, 'src/index', 'index', 'src'] : [rest, `src/${rest}`];
    for (const path of tries) {
      const found = path === null ? null : find(posix.join(folder, path));
      if (found !== null) return found;
    }
  }
  return null;
}

function matchPattern(module: string, pattern: string): string | null {
  const star = pattern.indexOf('*');
  if (star < 0) return module === pattern ? '' : null;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  if (module.length < head.length + tail.length || !module.startsWith(head) || !module.endsWith(tail))
    return null;
  return module.slice(head.length, module.length - tail.length);
}
