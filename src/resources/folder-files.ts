import { cleanse } from '../policy.ts';
import type { Store } from '../store.ts';
import type { ResourceEntry, ResourceFamily } from './resource.ts';

/** Files of the folders below one folder of the store, as resources: what runs and reviews leave behind. */
export interface FolderFiles {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Folder of the store, and first part of the URI's path. */
  readonly folder: string;
  readonly variable: string;
  readonly idPattern: RegExp;
  /** File name to MIME type. */
  readonly files: Readonly<Record<string, string>>;
}

const MAX_LISTED = 50;
const MAX_TEXT_CHARACTERS = 2_000_000;

/** Makes the family `breakwater://<folder>/{id}/{file}`. */
export function folderResources(spec: FolderFiles): ResourceFamily {
  const pathOf = (variables: Readonly<Record<string, string>>): string | null => {
    const id = variables[spec.variable] ?? '';
    const file = variables.file ?? '';
    return spec.idPattern.test(id) && Object.hasOwn(spec.files, file) ? `${spec.folder}/${id}/${file}` : null;
  };
  return {
    name: spec.name,
    title: spec.title,
    description: spec.description,
    uriTemplate: `breakwater://${spec.folder}/{${spec.variable}}/{file}`,
    mimeTypeOf: (variables) => spec.files[variables.file ?? ''] ?? 'text/plain',
    list: (store) => listFiles(spec, store),
    async complete(variable, others, store) {
      const known = others[spec.variable];
      if (variable === spec.variable) return listIds(spec, store);
      if (known === undefined) return Object.keys(spec.files);
      return spec.idPattern.test(known) ? listPresent(spec, known, store) : [];
    },
    async read(variables, store) {
      const path = pathOf(variables);
      const text = path === null ? null : await store.readText(path);
      if (text === null || spec.files[variables.file ?? ''] === 'text/html') return text;
      // A patch on disk must fit the code as it is; what is read here goes to a model.
      return cleanse(text.slice(0, MAX_TEXT_CHARACTERS));
    },
  };
}

async function listFiles(spec: FolderFiles, store: Store): Promise<readonly ResourceEntry[]> {
  const entries: ResourceEntry[] = [];
  for (const id of await listIds(spec, store)) {
    if (entries.length >= MAX_LISTED) break;
    const files = await listPresent(spec, id, store);
    entries.push(
      ...files.map((file) => ({
        uri: `breakwater://${spec.folder}/${id}/${file}`,
        name: `${id}/${file}`,
        title: `${file} of ${id}`,
      })),
    );
  }
  return entries.slice(0, MAX_LISTED);
}

async function listIds(spec: FolderFiles, store: Store): Promise<readonly string[]> {
  const [names, latest] = await Promise.all([
    store.list(spec.folder),
    store.readText(`${spec.folder}/latest`),
  ]);
  const isLatest = (id: string) => id === latest?.trim();
  return names
    .filter((id) => spec.idPattern.test(id))
    .toSorted((left, right) => Number(isLatest(right)) - Number(isLatest(left)));
}

async function listPresent(spec: FolderFiles, id: string, store: Store): Promise<readonly string[]> {
  const present = await store.list(`${spec.folder}/${id}`);
  return Object.keys(spec.files).filter((file) => present.includes(file));
}
