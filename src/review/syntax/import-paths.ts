import { posix } from 'node:path';
import { type Manifests, readManifests, type TsConfig } from '../../rag/manifests/manifests.ts';

const ENDINGS = /(?:\/index)?\.(?:[cm]?[jt]s|[jt]sx)$/;
/** Folders that an alias such as `@/` stands for, below the folder of the package. */
const SOURCE_ROOTS = ['', 'src/', 'app/'];
/** Folders that builds write, whose sources stand in `src`. */
const BUILT = /^(\.\/)?(dist|build|lib|out)\//;

/**
 * Gives the file that an import means, among `names`: by relative paths, by the paths of `tsconfig.json`, by names of
 * packages of the workspace (`@shop/lib`, `@shop/lib/a`), and by the usual aliases (`@/lib/a`, `~/lib/a`, `src/lib/a`).
 */
export function createImportResolver(
  names: Iterable<string>,
  manifestTexts: ReadonlyMap<string, string>,
): (file: string, specifier: string) => string | null {
  const files = new Map([...names].map((file) => [file.replace(ENDINGS, ''), file] as const));
  const manifests = readManifests(manifestTexts);
  const packages = new Map(manifests.packages.map((one) => [one.name, one]));
  const configsOf = rememberConfigs(manifests);
  const first = (paths: readonly string[]) => {
    const found = paths.find((path) => files.has(path));
    return found === undefined ? null : (files.get(found) ?? null);
  };
  return (file, specifier) => {
    const folder = posix.dirname(file);
    if (specifier.startsWith('.')) return first([posix.join(folder, specifier).replace(ENDINGS, '')]);
    const mapped = configsOf(folder).flatMap((config) => mapPaths(config, specifier));
    const [name = '', below = ''] = splitPackage(specifier);
    const known = packages.get(name);
    const inPackage = known === undefined ? [] : packagePaths(known.folder, known.main, below);
    return first([...mapped, ...inPackage]) ?? first(guessPaths(folder, specifier));
  };
}

function rememberConfigs(manifests: Manifests): (folder: string) => readonly TsConfig[] {
  const known = new Map<string, readonly TsConfig[]>();
  return (folder) => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const configs = manifests.tsconfigsAbove(`${folder}/`);
    known.set(folder, configs);
    return configs;
  };
}

function mapPaths({ folder, baseUrl, paths }: TsConfig, specifier: string): string[] {
  const base = posix.join(folder, baseUrl ?? '.');
  const targets = paths.flatMap(({ pattern, targets: all }) => {
    const [before = '', after] = pattern.split('*');
    if (after === undefined) return pattern === specifier ? all : [];
    if (!specifier.startsWith(before) || !specifier.endsWith(after)) return [];
    const rest = specifier.slice(before.length, specifier.length - after.length);
    return all.map((target) => target.replace('*', rest));
  });
  const bare = baseUrl === null ? [] : [specifier];
  return [...targets, ...bare].map((target) => posix.join(base, target).replace(ENDINGS, ''));
}

function splitPackage(specifier: string): readonly string[] {
  const [, name = '', below = ''] = /^(@[\w.-]+\/[\w.-]+|[\w.-]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  return [name, below];
}

function packagePaths(folder: string, main: string | null, below: string): string[] {
  const entries = below === '' ? [main ?? '', 'src/index', 'src/main', ''] : [below];
  return entries
    .flatMap((entry) => [entry, entry.replace(BUILT, 'src/'), `src/${entry}`])
    .map((entry) =>
      posix
        .join(folder, entry)
        .replace(/\/$/, '')
        .replace(ENDINGS, '')
        .replace(/\/index$/, ''),
    );
}

function guessPaths(folder: string, specifier: string): string[] {
  const path = specifier.replace(/^[@~#]\//, '').replace(ENDINGS, '');
  const [, name = '', rest = ''] = /^@[\w.-]+\/([\w.-]+)\/(.+)$/.exec(path) ?? [];
  const inLibraries = ['packages/', 'libs/', 'libraries/'].flatMap((library) =>
    name === '' ? [] : [`${library}${name}/src/${rest}`, `${library}${name}/${rest}`],
  );
  const paths = [...SOURCE_ROOTS.map((below) => `${below}${path}`), ...inLibraries];
  const roots = [folder];
  for (let root = folder; root !== '.' && root !== '/'; root = posix.dirname(root))
    roots.push(posix.dirname(root));
  return roots.flatMap((root) => paths.map((one) => posix.join(root, one)));
}
