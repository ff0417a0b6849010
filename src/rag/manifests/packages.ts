import { posix } from 'node:path';
import { escapePattern } from '../../texts.ts';
import { familyOf } from '../languages.ts';
import { asRecord, parseLooseJson } from './manifests.ts';

/** Gives the version of a package that one manifest or lock file states; `null`: it does not name it. */
type ReadVersion = (text: string, name: string) => string | null;

interface Source {
  /** The path from a folder above the code. */
  readonly file: RegExp;
  readonly read: ReadVersion;
}

/** Lock files first, since they say what is installed; manifests state a range. */
const SOURCES: Readonly<Record<string, readonly Source[]>> = {
  javascript: [
    { file: /^(package-lock|npm-shrinkwrap)\.json$/, read: readNpmLock },
    { file: /^pnpm-lock\.yaml$/, read: readPnpmLock },
    { file: /^yarn\.lock$/, read: readYarnLock },
    { file: /^package\.json$/, read: readPackageJson },
  ],
  python: [
    { file: /^(poetry|uv)\.lock$/, read: readTomlLock },
    { file: /^Pipfile\.lock$/, read: readPipfileLock },
    { file: /^requirements[\w.-]*\.txt$/, read: readRequirements },
    { file: /^requirements\/[\w.-]+\.txt$/, read: readRequirements },
    { file: /^pyproject\.toml$/, read: readPyproject },
    { file: /^Pipfile$/, read: readPyproject },
  ],
  go: [{ file: /^go\.mod$/, read: readGoMod }],
  rust: [
    { file: /^Cargo\.lock$/, read: readTomlLock },
    { file: /^Cargo\.toml$/, read: readPyproject },
  ],
  ruby: [{ file: /^Gemfile\.lock$/, read: readGemfileLock }],
  php: [
    { file: /^composer\.lock$/, read: readComposerLock },
    { file: /^composer\.json$/, read: readComposerJson },
  ],
  java: [
    { file: /^pom\.xml$/, read: readPom },
    { file: /^build\.gradle(\.kts)?$/, read: readGradle },
  ],
  csharp: [
    { file: /^[^/]+\.csproj$/, read: readProject },
    { file: /^Directory\.Packages\.props$/, read: readProject },
  ],
};

/** Finds the version that a file's code would get: from the nearest lock file that knows it, else from a manifest. */
export function findPackageVersion(
  texts: ReadonlyMap<string, string>,
  language: string,
  name: string,
  fromFile: string,
): string | null {
  for (const source of SOURCES[familyOf(language)] ?? []) {
    const version = findAbove(source, texts, name, fromFile);
    if (version !== null) return version;
  }
  return null;
}

function findAbove(
  source: Source,
  texts: ReadonlyMap<string, string>,
  name: string,
  fromFile: string,
): string | null {
  for (let folder = posix.dirname(fromFile); ; folder = posix.dirname(folder)) {
    const prefix = folder === '.' ? '' : `${folder}/`;
    for (const [file, text] of texts) {
      if (!file.startsWith(prefix) || !source.file.test(file.slice(prefix.length))) continue;
      const version = source.read(text, name);
      if (version !== null) return version;
    }
    if (folder === '.' || folder === '/') return null;
  }
}

function readNpmLock(text: string, name: string): string | null {
  const lock = asRecord(parseJson(text));
  const entry = asRecord(
    asRecord(lock.packages)[`node_modules/${name}`] ?? asRecord(lock.dependencies)[name],
  );
  return stringOrNull(entry.version);
}

function readPackageJson(text: string, name: string): string | null {
  const manifest = asRecord(parseLooseJson(text));
  for (const part of [manifest.dependencies, manifest.peerDependencies, manifest.devDependencies]) {
    const version = stringOrNull(asRecord(part)[name]);
    if (version !== null) return version;
  }
  return null;
}

/** `/name@1.2.3:` of version 6, `name@1.2.3:` of version 9, `/name/1.2.3:` before. */
function readPnpmLock(text: string, name: string): string | null {
  return new RegExp(`^\\s+['"]?/?${escapePattern(name)}[@/](\\d[^:('"\\s]*)`, 'm').exec(text)?.[1] ?? null;
}

function readYarnLock(text: string, name: string): string | null {
  const block = new RegExp(
    `^"?${escapePattern(name)}@[^\\n]*:\\n(?:[ ]+[^\\n]*\\n)*?[ ]+version:? "?([^"\\n]+)"?`,
    'm',
  );
  return block.exec(text)?.[1] ?? null;
}

function readTomlLock(text: string, name: string): string | null {
  const block = new RegExp(`name = "${flexible(name)}"\\s*\\nversion = "([^"]+)"`, 'i');
  return block.exec(text)?.[1] ?? null;
}

function readPipfileLock(text: string, name: string): string | null {
  const lock = asRecord(parseJson(text));
  const entry = asRecord(asRecord(lock.default)[name] ?? asRecord(lock.develop)[name]);
  return stringOrNull(entry.version)?.replace(/^==/, '') ?? null;
}

function readRequirements(text: string, name: string): string | null {
  const line = new RegExp(`^${flexible(name)}(?:\\[[^\\]]*\\])?\\s*([=<>~!][^;#\\\\\\n]*)`, 'im').exec(
    text,
  )?.[1];
  return line === undefined ? null : line.trim().replace(/^==\s*/, '');
}

/** `"name>=1.2"` of PEP 621, `name = "^1.2"` and `name = { version = "^1.2" }` of poetry and cargo. */
function readPyproject(text: string, name: string): string | null {
  const listed = new RegExp(`["']${flexible(name)}(?:\\[[^\\]]*\\])?\\s*([=<>~!][^"';]*)`, 'i').exec(
    text,
  )?.[1];
  if (listed !== undefined) return listed.trim().replace(/^==\s*/, '');
  const keyed = new RegExp(`^${flexible(name)}\\s*=\\s*(?:\\{[^}\\n]*version\\s*=\\s*)?"([^"]+)"`, 'im');
  return keyed.exec(text)?.[1] ?? null;
}

/** The module of an import path is its longest prefix in go.mod. */
function readGoMod(text: string, name: string): string | null {
  for (
    let module = name;
    module.includes('.');
    module = module.slice(0, Math.max(0, module.lastIndexOf('/')))
  ) {
    const found = new RegExp(`^\\s*(?:require\\s+)?${escapePattern(module)}\\s+v(\\S+)`, 'm').exec(text)?.[1];
    if (found !== undefined) return found;
    if (!module.includes('/')) break;
  }
  return null;
}

function readGemfileLock(text: string, name: string): string | null {
  return new RegExp(`^ {4}${escapePattern(name)} \\(([^)]+)\\)`, 'm').exec(text)?.[1] ?? null;
}

function readComposerLock(text: string, name: string): string | null {
  const lock = asRecord(parseJson(text));
  const packages = Array.isArray(lock.packages) ? lock.packages.map(asRecord) : [];
  return stringOrNull(packages.find((entry) => entry.name === name)?.version)?.replace(/^v/, '') ?? null;
}

function readComposerJson(text: string, name: string): string | null {
  return stringOrNull(asRecord(asRecord(parseLooseJson(text)).require)[name]);
}

/** Of `${okhttp.version}` the property of the same file counts. */
function readPom(text: string, name: string): string | null {
  const block = new RegExp(`<artifactId>${escapePattern(name)}</artifactId>\\s*<version>([^<]+)</version>`);
  const written = block.exec(text)?.[1]?.trim() ?? null;
  const property = written === null ? undefined : /^\$\{([\w.-]+)\}$/.exec(written)?.[1];
  if (property === undefined) return written?.includes('$') === true ? null : written;
  return new RegExp(`<${escapePattern(property)}>\\s*([^<$\\s]+)\\s*</`).exec(text)?.[1] ?? null;
}

/** `implementation 'com.squareup.okhttp3:okhttp:4.12.0'` */
function readGradle(text: string, name: string): string | null {
  return new RegExp(`["'][\\w.-]+:${escapePattern(name)}:([\\w.-]+)["'@]`).exec(text)?.[1] ?? null;
}

/** Also of `<PackageVersion>`, where versions stand in one file for all projects. */
function readProject(text: string, name: string): string | null {
  return new RegExp(`Include="${escapePattern(name)}"\\s+Version="([^"]+)"`, 'i').exec(text)?.[1] ?? null;
}

const parsed = new Map<string, unknown>();
const MAX_PARSED = 8;

/** Lock files are large and asked often: the last few stay parsed. */
function parseJson(text: string): unknown {
  if (!parsed.has(text)) {
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, parseLooseJson(text));
  }
  return parsed.get(text);
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Python's names do not tell `-`, `_` and `.` apart. */
function flexible(name: string): string {
  return escapePattern(name).replace(/[-_]|\\\./g, '[-_.]');
}
