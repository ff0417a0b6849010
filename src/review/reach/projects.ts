import { posix } from 'node:path';
import { createRootFinder } from '../service-roots.ts';

/** What says which others a project uses, and what it is called itself. */
const MANIFEST = /(^|\/)(package\.json|go\.mod|pyproject\.toml)$/;
/** The name that a manifest gives its project: of a package, a module of Go, or a project of Python. */
const NAME = /(?:^|[{,])\s*"name"\s*:\s*"([^"]+)"|^\s*module\s+(\S+)|^\s*name\s*=\s*["']([^"']+)["']/gm;

/**
 * Says whether code of one file may call that of another by name: in one project, or where the manifest of the one
 * that calls names the other. A project without a name, and what surrounds the caller's own, may be called by all.
 */
export function createProjectBounds(
  manifests: ReadonlyMap<string, string>,
): (from: string, to: string) => boolean {
  const texts = new Map<string, string>();
  for (const [file, text] of manifests) {
    const folder = posix.dirname(file);
    if (MANIFEST.test(file)) texts.set(folder, `${texts.get(folder) ?? ''}${text}\n`);
  }
  const rootOf = createRootFinder([...manifests.keys()], MANIFEST);
  return (from, to) => {
    const [caller, callee] = [rootOf(from), rootOf(to)];
    if (caller === callee || callee === '.' || caller.startsWith(`${callee}/`)) return true;
    const names = [...(texts.get(callee) ?? '').matchAll(NAME)].flatMap(([, ...groups]) =>
      groups.filter((name) => name !== undefined),
    );
    const used = texts.get(caller) ?? '';
    return names.length === 0 || names.some((name) => used.includes(name));
  };
}
