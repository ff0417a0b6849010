import { posix } from 'node:path';

/** Files that say how code is put together; their texts are read in full, whatever their size up to the limit. */
const MANIFEST_NAMES =
  /^(package\.json|tsconfig(\.[\w-]+)?\.json|jsconfig\.json|go\.mod|pyproject\.toml|requirements[\w.-]*\.txt|Pipfile(\.lock)?|poetry\.lock|uv\.lock|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.(toml|lock)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|database\.yml|[\w.-]+\.csproj|Directory\.Packages\.props|application\.(properties|ya?ml))$/;

/** Lists of packages for Python that stand in a folder of their own: `requirements/base.txt`. */
const LISTED_REQUIREMENTS = /(^|\/)requirements\/[\w.-]+\.txt$/;

/** Says whether a file is a manifest or a lock file. */
export function isManifest(file: string): boolean {
  return MANIFEST_NAMES.test(posix.basename(file)) || LISTED_REQUIREMENTS.test(file);
}

/** Says whether a file tells how an image is made: `Dockerfile`, `api.dockerfile`, `Containerfile.dev`. */
export function isImageRecipe(file: string): boolean {
  return /^((Docker|Container)file([.-][\w.-]+)?|[\w.-]+\.(docker|container)file)$/i.test(
    posix.basename(file),
  );
}

export interface TsConfig {
  readonly folder: string;
  readonly baseUrl: string | null;
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
}

export interface WorkspacePackage {
  readonly name: string;
  readonly folder: string;
  readonly main: string | null;
}

/** What manifests say about modules. */
export interface Manifests {
  readonly texts: ReadonlyMap<string, string>;
  readonly packages: readonly WorkspacePackage[];
  readonly goModules: readonly { readonly name: string; readonly folder: string }[];
  /** Nearest first. */
  readonly tsconfigsAbove: (file: string) => readonly TsConfig[];
}

/** Reads manifests from their texts; a broken one says nothing. */
export function readManifests(texts: ReadonlyMap<string, string>): Manifests {
  const packages: WorkspacePackage[] = [];
  const goModules: { name: string; folder: string }[] = [];
  const tsconfigs: TsConfig[] = [];
  for (const [file, text] of texts) {
    const folder = posix.dirname(file);
    const name = posix.basename(file);
    if (name === 'go.mod') {
      const module = /^module\s+(\S+)/m.exec(text)?.[1];
      if (module !== undefined) goModules.push({ name: module, folder });
    } else if (name === 'package.json') packages.push(...readPackage(text, folder));
    else if (/^[tj]sconfig/.test(name)) tsconfigs.push(...readTsConfig(text, folder));
  }
  goModules.sort((a, b) => b.name.length - a.name.length);
  return {
    texts,
    packages,
    goModules,
    tsconfigsAbove: (file) =>
      tsconfigs
        .filter(({ folder }) => folder === '.' || file.startsWith(`${folder}/`))
        .sort((a, b) => b.folder.length - a.folder.length),
  };
}

/** Parses JSON with comments and trailing commas; `null` when it is broken. */
export function parseLooseJson(text: string): unknown {
  const bare = text.replace(/("(?:\\.|[^"\\])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (_, string) => string ?? '');
  try {
    return JSON.parse(bare.replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string) => string ?? ''));
  } catch {
    return null;
  }
}

/** The value as an object, or an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function readPackage(text: string, folder: string): WorkspacePackage[] {
  const { name, main } = asRecord(parseLooseJson(text));
  if (typeof name !== 'string') return [];
  return [{ name, folder, main: typeof main === 'string' ? main : null }];
}

function readTsConfig(text: string, folder: string): TsConfig[] {
  const options = asRecord(asRecord(parseLooseJson(text)).compilerOptions);
  const baseUrl = typeof options.baseUrl === 'string' ? options.baseUrl : null;
  const paths = Object.entries(asRecord(options.paths)).map(([pattern, targets]) => ({
    pattern,
    targets: Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : [],
  }));
  return baseUrl === null && paths.length === 0 ? [] : [{ folder, baseUrl, paths }];
}
