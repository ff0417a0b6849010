import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Prefix of the ids of review rules by the manifest that shows the language. */
const LANGUAGES: readonly (readonly [manifest: RegExp, language: string])[] = [
  [/^package\.json$/, 'js'],
  [/^(requirements.*\.txt|pyproject\.toml|setup\.(py|cfg)|Pipfile)$/, 'python'],
  [/^go\.mod$/, 'go'],
  [/^(pom\.xml|build\.gradle(\.kts)?)$/, 'java'],
];

/**
 * Languages of the project at `root` by the manifests there and one folder below, as review rules name them: `js`,
 * `python`, `go`, `java`. Empty where there is none of them.
 */
export async function listLanguages(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name));
  const below = await Promise.all(folders.map(({ name }) => readdir(join(root, name)).catch(() => [])));
  const names = [...entries.map(({ name }) => name), ...below.flat()];
  return LANGUAGES.filter(([manifest]) => names.some((name) => manifest.test(name))).map(
    ([, language]) => language,
  );
}
