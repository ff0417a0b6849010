import { familyOf } from '../languages.ts';
import type { Manifests } from '../manifests/manifests.ts';
import type { FindModule } from './find-module.ts';
import { createGoFinder } from './go.ts';
import { createPythonFinder } from './python.ts';
import { createRustFinder } from './rust.ts';
import { createScriptFinder } from './script.ts';

/** One `FindModule` for all languages. */
export interface ModuleFinder {
  readonly find: (from: string, module: string, language: string) => string | null;
  /** Texts of the manifests by file. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Builds the tables of all languages from the list of files and the manifests. */
export function createModuleFinder(files: readonly string[], manifests: Manifests): ModuleFinder {
  const python = createPythonFinder(files);
  const script = createScriptFinder(files, manifests);
  const go = createGoFinder(files, manifests);
  const rust = createRustFinder(files, manifests);
  const finders: Readonly<Record<string, FindModule>> = { python, javascript: script, go, rust };
  const known = new Map<string, string | null>();
  return {
    texts: manifests.texts,
    find(from, module, language) {
      const finder = finders[familyOf(language)];
      if (finder === undefined) return null;
      const key = `${from}\n${module}`;
      let found = known.get(key);
      if (found === undefined) {
        found = finder(from, module);
        known.set(key, found);
      }
      return found;
    },
  };
}
