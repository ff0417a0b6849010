import { posix } from 'node:path';
import { isImageRecipe } from '../rag/manifests/manifests.ts';

/** What an instruction of a recipe brings into the image: files of the context, or a program that is fetched. */
const BRINGS_CODE = /^\s*(COPY(?!.*--from)|ADD)\s|\bgit clone\b/im;
/** Programs that start another one anew whenever its sources change. */
const WATCHES =
  /^\s*(CMD|ENTRYPOINT)\b.*(\b(air|nodemon|reflex|watchexec|CompileDaemon|gin|tsx watch|ts-node-dev)\b|--reload\b|--watch\b|\brun["', ]+dev\b|\bgo["', ]+run\b)/im;
const HEALTH = /^\s*HEALTHCHECK\b.*/gim;
const START = /^\s*(?:CMD|ENTRYPOINT)\b.*/gim;
/** Names that say nothing of one program. */
const ENTRY = /\/(index|main|server|app|manage|__main__)\.\w+$/;
const ADDRESS = /\w+:\/\/\S+/g;
const PROGRAM = /[\w./-]+\.(?:[cm]?[jt]s|py)\b/g;

/**
 * Gives folders whose images hold none of their code: the sources are mounted, and a program watches them.
 * Such images are made for developers. The root is none of these folders.
 */
export function listMountedFolders(manifests: ReadonlyMap<string, string>): readonly string[] {
  const recipes = new Map<string, string[]>();
  for (const [file, text] of manifests) {
    const folder = posix.dirname(file);
    if (isImageRecipe(file) && folder !== '.') recipes.set(folder, [...(recipes.get(folder) ?? []), text]);
  }
  return [...recipes]
    .filter(([, texts]) => texts.every((text) => WATCHES.test(text) && !BRINGS_CODE.test(text)))
    .map(([folder]) => `${folder}/`);
}

/**
 * Gives files that an image runs to look whether its service is well, and for nothing else: each run ends, and has a
 * time limit. Built files stand for their sources: `dist/health.js` for `src/health.ts`.
 */
export function listHealthPrograms(
  manifests: ReadonlyMap<string, string>,
  files: readonly string[],
): ReadonlySet<string> {
  const recipes = [...manifests]
    .filter(([file]) => isImageRecipe(file))
    .map(([, text]) => text.replace(/\\\r?\n/g, ' '));
  const named = (instruction: RegExp) =>
    recipes
      .flatMap((text) => text.match(instruction) ?? [])
      .flatMap((line) => line.replace(ADDRESS, '').match(PROGRAM) ?? [])
      .map(sourceOf);
  const started = new Set(named(START));
  const looks = named(HEALTH).filter((program) => !started.has(program) && !ENTRY.test(program));
  const isOne = (file: string) =>
    looks.some((one) => one.endsWith(sourceOf(file)) || sourceOf(file).endsWith(one));
  return new Set(looks.length === 0 ? [] : files.filter(isOne));
}

/** A path from a root, with its language for an ending, where builds are read as what they are built from. */
function sourceOf(program: string): string {
  return posix
    .join('/', program)
    .replace(/\/(dist|build|out)\//, '/src/')
    .replace(/\.[cm]?[jt]s$/, '.js');
}
