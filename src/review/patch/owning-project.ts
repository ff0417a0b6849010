import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ts } from 'ts-morph';

/** A tsconfig and the files that it is for. */
export interface TypeProject {
  /** `null`: no tsconfig.json stands above the file. */
  readonly config: string | null;
  /** Absolute, with forward slashes. */
  readonly fileNames: readonly string[];
}

const MAX_REFERENCES = 100;

/**
 * Finds the project that a file of the workspace belongs to: the nearest tsconfig.json, or the one that it refers to
 * and that lists the file, as in a solution whose own tsconfig has `references` and no files. A file that does not
 * exist yet belongs where its neighbours do; one that nobody lists, to the nearest tsconfig.json.
 */
export function findProject(root: string, file: string): TypeProject {
  const nearest = nearestConfig(root, file);
  if (nearest === null) return { config: null, fileNames: [] };
  const wanted = toSlashes(join(root, file));
  const projects = listProjects(root, nearest);
  const [own] = projects;
  const owner = projects.find(({ fileNames }) => fileNames.includes(wanted));
  return owner ?? nextTo(wanted, projects) ?? own ?? { config: nearest, fileNames: [] };
}

/** The project at `config` and all that it refers to, near ones first, each once; none outside of the workspace. */
function listProjects(root: string, config: string): TypeProject[] {
  const queue = [config];
  const projects: TypeProject[] = [];
  for (let at = 0; at < queue.length && at < MAX_REFERENCES; at++) {
    const path = queue[at] ?? config;
    const parsed = readConfig(path);
    projects.push({ config: path, fileNames: parsed.fileNames });
    const referred = (parsed.projectReferences ?? []).map((one) => ts.resolveProjectReferencePath(one));
    queue.push(...referred.filter((one) => !queue.includes(one) && isInside(root, one) && isFile(one)));
  }
  return projects;
}

function readConfig(path: string): ts.ParsedCommandLine {
  const { config = {} } = ts.readConfigFile(path, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(path), undefined, path);
}

/** The project with a file in the folder of `wanted`, or in the nearest folder above it. */
function nextTo(wanted: string, projects: readonly TypeProject[]): TypeProject | null {
  if (isFile(wanted)) return null;
  for (let folder = dirname(wanted); folder !== dirname(folder); folder = dirname(folder)) {
    const found = projects.find(({ fileNames }) => fileNames.some((name) => name.startsWith(`${folder}/`)));
    if (found !== undefined) return found;
  }
  return null;
}

/** The nearest tsconfig.json above a file, inside the workspace. */
function nearestConfig(root: string, file: string): string | null {
  for (let folder = dirname(join(root, file)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'tsconfig.json');
    if (isFile(candidate)) return candidate;
    if (folder === root || folder === dirname(folder)) return null;
  }
}

function isInside(root: string, path: string): boolean {
  return !/^(\.\.([\\/]|$)|[A-Za-z]:|[\\/])/.test(relative(root, path));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
