import { posix } from 'node:path';
import type { FindModule } from './find-module.ts';

/** Python: relative modules by their dots, absolute ones below any folder that could be on the path. */
export function createPythonFinder(files: readonly string[]): FindModule {
  const known = new Set(files);
  const byLastName = new Map<string, string[]>();
  for (const file of files) {
    if (!file.endsWith('.py')) continue;
    const name = moduleName(file);
    const list = byLastName.get(name);
    if (list === undefined) byLastName.set(name, [file]);
    else list.push(file);
  }
  const fileOf = (base: string): string | null =>
    [`${base}.py`, posix.join(base, '__init__.py')].find((path) => known.has(path)) ?? null;
  return (from, module) => {
    const dots = /^\.+/.exec(module)?.[0].length ?? 0;
    const path = module.slice(dots).replaceAll('.', '/');
    if (dots > 0) {
      const up = '../'.repeat(dots - 1);
      const base = posix.join(posix.dirname(from), up, path);
      return fileOf(base) ?? (path === '' ? fileOf(base.replace(/\/$/, '')) : null);
    }
    const last = path.slice(path.lastIndexOf('/') + 1);
    const candidates = (byLastName.get(last) ?? []).filter((file) => endsWithPath(file, path));
    return nearest(candidates, from, path);
  };
}

function moduleName(file: string): string {
  const parts = file.replace(/\.py$/, '').split('/');
  return (parts.at(-1) === '__init__' ? parts.at(-2) : parts.at(-1)) ?? '';
}

function endsWithPath(file: string, path: string): boolean {
  const base = file.replace(/(\/__init__)?\.py$/, '');
  return base === path || base.endsWith(`/${path}`);
}

/** The candidate whose root is a folder above `from`, the deepest first; others only when they are the only one. */
function nearest(candidates: readonly string[], from: string, path: string): string | null {
  const rootOf = (file: string) => file.slice(0, file.lastIndexOf(path));
  const above = candidates.filter((file) => from.startsWith(rootOf(file)));
  above.sort((a, b) => rootOf(b).length - rootOf(a).length);
  if (above[0] !== undefined) return above[0];
  return candidates.length === 1 && path.includes('/') ? (candidates[0] ?? null) : null;
}
