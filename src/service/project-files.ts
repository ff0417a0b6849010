import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../workspace-files.ts';

const MAX_FILE_BYTES = 512 * 1024;
const MAX_SOURCES = 200;
/** Plain names only: they are written into a proposal. */
const SOURCE = /^[\w.-]+\.(py|[cm]?[jt]s)$/;
const SOURCE_FOLDERS = ['.', 'src', 'app', 'src/routes', 'src/api', 'app/api', 'routes'];

/** Reads files of a project for a first look at it: small ones, at the places where they usually stand. */
export interface ProjectFiles {
  /** `null`: there is no such file, or it is too large. */
  read(path: string): Promise<string | null>;
  /** The first of these paths that exists, with its text. */
  readFirst(paths: readonly string[]): Promise<{ readonly path: string; readonly text: string } | null>;
  /** Python, JavaScript and TypeScript files of the usual folders, at most 200, sorted within each folder. */
  readSources(): Promise<readonly { readonly path: string; readonly text: string }[]>;
}

/** Opens the project at `root`. */
export function openProjectFiles(root: string): ProjectFiles {
  const read = (path: string) => readSmall(join(root, path));
  return {
    read,
    async readFirst(paths) {
      for (const path of paths) {
        const text = await read(path);
        if (text !== null) return { path, text };
      }
      return null;
    },
    async readSources() {
      const sources = [];
      for (const path of (await listSources(root)).slice(0, MAX_SOURCES)) {
        const text = await read(path);
        if (text !== null) sources.push({ path, text });
      }
      return sources;
    },
  };
}

async function listSources(root: string): Promise<string[]> {
  const paths = [];
  for (const folder of SOURCE_FOLDERS) {
    const names = await readdir(join(root, folder)).catch(() => []);
    const sources = names.filter((name) => SOURCE.test(name) && !/\.(test|spec|config|d)\./.test(name));
    paths.push(...sources.toSorted().map((name) => (folder === '.' ? name : `${folder}/${name}`)));
  }
  return paths;
}

async function readSmall(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true || found.size > MAX_FILE_BYTES) return null;
  return readRegularFile(path, MAX_FILE_BYTES).catch(() => null);
}
