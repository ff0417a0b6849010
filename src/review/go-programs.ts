import { posix } from 'node:path';
import { readManifests } from '../rag/manifests/manifests.ts';

/** What programs do that go on: they listen, work through a queue, or wake up from time to time. */
const GOES_ON =
  /\bListenAndServe|\bhttp\.Serve|\.Serve(TLS)?\(|\b(net|tls|quic)\.Listen|\.Listen(TLS)?\(|\bgrpc\.NewServer|\blambda\.Start|\bgin\.(Default|New)\(|\becho\.New\(|\bfiber\.New\(|\bfasthttp\.|Subscri|Consum|Worker|NewTicker\(|\bcron\b|[sS]chedule|\bNewManager\(|\.Receive\(/;
const MAIN = /^package main\b/m;
/** Files that only `go run` takes, as generators are. */
const LEFT_OUT = /^\/\/(go:build| \+build) .*\bignore\b/m;
const IMPORTS = /^import\s+(?:\(([^)]*)\)|(?:[\w.]+\s+)?"([^"]+)")/gm;

/**
 * Gives the files of Go that only programs are made of which do their work and end, as command lines for users do.
 * Where nothing that goes on is found at all, what the service is cannot be told, and none is given.
 */
export function listGoToolFiles(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const packages = readPackages(texts, manifests);
  const programs = [...packages]
    .filter(([, one]) => one.isMain)
    .map(([folder]) => closureOf(folder, packages));
  const isService = (folders: ReadonlySet<string>) =>
    [...folders].some((folder) => packages.get(folder)?.goesOn === true);
  const ofServices = new Set(programs.filter(isService).flatMap((folders) => [...folders]));
  if (ofServices.size === 0) return new Set();
  const ofTools = programs.flatMap((folders) => [...folders]).filter((folder) => !ofServices.has(folder));
  return new Set(ofTools.flatMap((folder) => packages.get(folder)?.files ?? []));
}

interface GoPackage {
  readonly files: string[];
  readonly imports: Set<string>;
  isMain: boolean;
  goesOn: boolean;
}

/** The packages of the project by folder, with the folders that they import. */
function readPackages(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): ReadonlyMap<string, GoPackage> {
  const { goModules } = readManifests(manifests);
  const packages = new Map<string, GoPackage>();
  for (const [file, text] of texts) {
    if (!file.endsWith('.go') || LEFT_OUT.test(text)) continue;
    const folder = posix.dirname(file);
    const one = packages.get(folder) ?? { files: [], imports: new Set(), isMain: false, goesOn: false };
    packages.set(folder, one);
    one.files.push(file);
    one.isMain ||= MAIN.test(text);
    one.goesOn ||= GOES_ON.test(text);
    for (const path of listImports(text)) {
      const module = goModules.find(({ name }) => path === name || path.startsWith(`${name}/`));
      if (module !== undefined)
        one.imports.add(posix.join(module.folder, path.slice(module.name.length + 1)));
    }
  }
  return packages;
}

function listImports(text: string): string[] {
  return [...text.matchAll(IMPORTS)].flatMap(([, list, single]) =>
    single === undefined ? [...(list ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '') : [single],
  );
}

/** A folder with all those that it imports, by way of others too. */
function closureOf(folder: string, packages: ReadonlyMap<string, GoPackage>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(packages.get(next)?.imports ?? []));
  }
  return seen;
}
