import { mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isInside } from '../policy.ts';

/**
 * Makes the folder of installed packages at `path` (relative to `root`) present in the copy, by links. Where it
 * links back to packages of the project itself (workspaces), those links lead into the copy, so that a patch of
 * such a package is what runs.
 */
export async function linkInstalled(root: string, copy: string, path: string): Promise<void> {
  const source = join(root, path);
  await mkdir(dirname(join(copy, path)), { recursive: true });
  const owned = await listOwnPackages(root, source);
  if (owned.size === 0) return link(source, join(copy, path));
  await linkEach(source, join(copy, path), owned, copy);
}

/** Links in `source` (also below `@scope`) that lead to folders of the project: name to path below `root`. */
async function listOwnPackages(root: string, source: string): Promise<Map<string, string>> {
  const own = new Map<string, string>();
  for (const name of await listPackages(source)) {
    const isLink = (await readlink(join(source, name)).catch(() => null)) !== null;
    const target = isLink ? await realpath(join(source, name)).catch(() => null) : null;
    if (target === null || !isInside(root, target)) continue;
    const inner = relative(root, target);
    // Package managers also link to their own store inside the folder (pnpm): that is installed, not owned.
    if (inner !== '' && !inner.split(sep).includes('node_modules')) own.set(name, inner);
  }
  return own;
}

async function listPackages(source: string): Promise<string[]> {
  const names = await readdir(source);
  const scopes = names.filter((name) => name.startsWith('@'));
  const scoped = await Promise.all(
    scopes.map(async (scope) =>
      (await readdir(join(source, scope)).catch(() => [])).map((name) => `${scope}/${name}`),
    ),
  );
  return [...names.filter((name) => !name.startsWith('@')), ...scoped.flat()];
}

async function linkEach(
  source: string,
  target: string,
  owned: ReadonlyMap<string, string>,
  copy: string,
): Promise<void> {
  for (const name of await listPackages(source)) {
    const inner = owned.get(name);
    await mkdir(dirname(join(target, name)), { recursive: true });
    await link(inner === undefined ? join(source, name) : join(copy, inner), join(target, name));
  }
}

/** A junction needs no rights on Windows; elsewhere the kind is not looked at. */
function link(target: string, path: string): Promise<void> {
  return symlink(target, path, 'junction');
}
