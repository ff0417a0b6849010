import { posix } from 'node:path';
import type { Manifests } from '../manifests/manifests.ts';
import type { FindModule } from './find-module.ts';

/** Go: import paths below a module of the workspace mean a folder, given with a slash at its end. */
export function createGoFinder(files: readonly string[], manifests: Manifests): FindModule {
  const folders = new Set(files.filter((file) => file.endsWith('.go')).map((file) => posix.dirname(file)));
  return (_from, module) => {
    for (const { name, folder } of manifests.goModules) {
      if (module !== name && !module.startsWith(`${name}/`)) continue;
      const path = posix.join(folder, module.slice(name.length + 1) || '.');
      if (folders.has(path)) return path === '.' ? '/' : `${path}/`;
    }
    return null;
  };
}
