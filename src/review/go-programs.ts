import { posix } from 'node:path';
import { readManifests } from '../rag/manifests/manifests.ts';
import { importsCommands } from './service-code.ts';

/** What programs do that go on: they listen, work through a queue, or wake up from time to time. */
const GOES_ON =
  /\bListenAndServe|\bhttp\.Serve|\.Serve(TLS)?\(|\b(net|tls|quic)\.Listen|\.Listen(TLS)?\(|\bgrpc\.NewServer|\blambda\.Start|\bgin\.(Default|New)\(|\becho\.New\(|\bfiber\.New\(|\bfasthttp\.|Subscri|Consum|Worker|NewTicker\(|\bcron\b|[sS]chedule|\bNewManager\(|\.Receive\(/;
const MAIN = /^package main\b/m;
/** Comments and strings. */
const SAID = /\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g;
/** Files that only `go run` takes, as generators are. */
const LEFT_OUT = /^\/\/(go:build| \+build) .*\bignore\b/m;
const IMPORTS = /^import\s+(?:\(([^)]*)\)|(?:[\w.]+\s+)?"([^"]+)")/gm;

/**
 * Gives the files of Go that only programs are made of which do their work and end, as command lines for users do, or
 * only single commands of a program. Where nothing that goes on is found at all, what the service is cannot be told,
 * and none is given.
 */
export function listGoToolFiles(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const packages = readPackages(texts, manifests);
  const goesOn = (folders: ReadonlySet<string>) =>
    [...folders].some((folder) => packages.get(folder)?.files.some((one) => one.goesOn) === true);
  const isEndingCommand = (file: GoFile) =>
    file.isCommand && !file.goesOn && !goesOn(closureOf(file.imports, packages, () => false));
  const mains = [...packages].filter(([, { files }]) => files.some((file) => file.isMain));
  const programs = mains.map(([folder]) => closureOf([folder], packages, isEndingCommand));
  const commands = [...packages.values()].flatMap(({ files }) => files.filter(isEndingCommand));
  const ofServices = new Set(programs.filter(goesOn).flatMap((folders) => [...folders]));
  if (ofServices.size === 0) return new Set();
  const parts = commands.map((file) => closureOf(file.imports, packages, isEndingCommand));
  const ofTools = [...programs, ...parts].flatMap((folders) => [...folders]);
  return new Set(
    ofTools
      .filter((folder) => !ofServices.has(folder))
      .flatMap((folder) => packages.get(folder)?.files.map(({ file }) => file) ?? []),
  );
}

interface GoFile {
  readonly file: string;
  /** Folders of the project. */
  readonly imports: readonly string[];
  readonly isMain: boolean;
  readonly isCommand: boolean;
  readonly goesOn: boolean;
}

interface GoPackage {
  readonly files: readonly GoFile[];
}

/** The packages of the project by folder. */
function readPackages(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): ReadonlyMap<string, GoPackage> {
  const { goModules } = readManifests(manifests);
  const packages = new Map<string, { files: GoFile[] }>();
  for (const [file, text] of texts) {
    if (!file.endsWith('.go') || LEFT_OUT.test(text)) continue;
    const folder = posix.dirname(file);
    const one = packages.get(folder) ?? { files: [] };
    packages.set(folder, one);
    const imports = listImports(text).flatMap((path) => {
      const module = goModules.find(({ name }) => path === name || path.startsWith(`${name}/`));
      return module === undefined ? [] : [posix.join(module.folder, path.slice(module.name.length + 1))];
    });
    const isCommand = importsCommands(text, 'go');
    const goesOn = GOES_ON.test(leaveOutProse(text));
    one.files.push({ file, imports, isMain: MAIN.test(text), isCommand, goesOn });
  }
  return packages;
}

/** A text without comments and strings of several words: what they tell people is not done there. */
function leaveOutProse(text: string): string {
  return text.replace(SAID, (said) => (said.startsWith('"') && !/\s/.test(said) ? said : ''));
}

function listImports(text: string): string[] {
  return [...text.matchAll(IMPORTS)].flatMap(([, list, single]) =>
    single === undefined ? [...(list ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '') : [single],
  );
}

/** Folders with all those that they import, by way of others too; what `leftOut` files import is not followed. */
function closureOf(
  folders: readonly string[],
  packages: ReadonlyMap<string, GoPackage>,
  leftOut: (file: GoFile) => boolean,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...folders];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const files = packages.get(next)?.files ?? [];
    open.push(...files.filter((file) => !leftOut(file)).flatMap(({ imports }) => imports));
  }
  return seen;
}
