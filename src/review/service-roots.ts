import { posix } from 'node:path';
import type { Rule } from './rule.ts';

/** What stands at the root of a service: its manifest, or what makes its image. */
const MANIFEST =
  /(^|\/)(package\.json|go\.mod|pyproject\.toml|requirements\.txt|setup\.py|Pipfile|pom\.xml|build\.gradle(\.kts)?|Dockerfile)$/;
const MAIN = /(^|\/)(\w+[-_])?(main|server|app|index)\.\w+$/;

interface Placed {
  readonly rule: Rule;
  readonly file: string;
}

/**
 * Leaves one hit of each rule that speaks of a service as a whole, however many applications the files below one
 * manifest make: the one in the file that is called like the entry, else the one nearest to the root.
 */
export function keepOnePerService<Hit extends Placed>(
  hits: readonly Hit[],
  files: readonly string[],
): readonly Hit[] {
  const rootOf = createRootFinder(files, MANIFEST);
  const kept = new Map<string, Hit>();
  for (const hit of hits) {
    if (hit.rule.ofService !== true) continue;
    const key = `${hit.rule.id} ${rootOf(hit.file)}`;
    const known = kept.get(key);
    if (known === undefined || rankOf(hit.file) < rankOf(known.file)) kept.set(key, hit);
  }
  const best = new Set(kept.values());
  return hits.filter((hit) => hit.rule.ofService !== true || best.has(hit));
}

/** Gives the nearest folder above a file that holds one of the `manifests`; `.` where none does. */
export function createRootFinder(files: readonly string[], manifests: RegExp): (file: string) => string {
  const roots = new Set(files.filter((file) => manifests.test(file)).map((file) => posix.dirname(file)));
  return (file) => {
    let folder = posix.dirname(file);
    while (folder !== '.' && !roots.has(folder)) folder = posix.dirname(folder);
    return folder;
  };
}

function rankOf(file: string): number {
  return file.split('/').length + (MAIN.test(file) ? 0 : 100);
}
