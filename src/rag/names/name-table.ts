type Files<F> = ReadonlyMap<string, F>;
/** What a file has to say, each under the name that it is looked up by. */
type ListEntries<F, T> = (file: string, facts: F) => readonly (readonly [name: string, entry: T])[];

/** Above this share of changed files tables are made anew. */
const WORTH_RENEWING = 0.1;

/** How the files of a workspace have become others. */
export interface FilesChange<F> {
  readonly before: Files<F>;
  readonly after: Files<F>;
  /** Files whose facts are not the same object, and those that are gone. */
  readonly changed: readonly string[];
}

/** Compares files; `null`: so many have changed that what was known of them is not worth renewing. */
export function compareFiles<F extends object>(before: Files<F>, after: Files<F>): FilesChange<F> | null {
  const gone = [...before.keys()].filter((file) => !after.has(file));
  const other = [...after].flatMap(([file, facts]) => (before.get(file) === facts ? [] : [file]));
  const changed = [...gone, ...other];
  return changed.length > after.size * WORTH_RENEWING ? null : { before, after, changed };
}

/** Entries of all files by name; those of one name stand in the order of their files, which are sorted by path. */
export class NameTable<T extends { readonly file: string }> {
  readonly #byName: Map<string, readonly T[]>;

  private constructor(byName: Map<string, readonly T[]>) {
    this.#byName = byName;
  }

  static of<F extends object, T extends { readonly file: string }>(
    files: Files<F>,
    list: ListEntries<F, T>,
  ): NameTable<T> {
    const byName = new Map<string, T[]>();
    for (const [file, facts] of files) {
      for (const [name, entry] of list(file, facts)) {
        const entries = byName.get(name);
        if (entries === undefined) byName.set(name, [entry]);
        else entries.push(entry);
      }
    }
    return new NameTable<T>(byName);
  }

  get(name: string): readonly T[] {
    return this.#byName.get(name) ?? [];
  }

  /** The table after a change of the files; this one stays as it is. */
  renew<F extends object>({ before, after, changed }: FilesChange<F>, list: ListEntries<F, T>): NameTable<T> {
    const byName = new Map(this.#byName);
    for (const file of changed) {
      const old = namesOf(file, before.get(file), list);
      const fresh = namesOf(file, after.get(file), list);
      for (const name of new Set([...old.keys(), ...fresh.keys()])) {
        const others = (byName.get(name) ?? []).filter((entry) => entry.file !== file);
        const at = others.findIndex((entry) => entry.file > file);
        const entries = others.toSpliced(at === -1 ? others.length : at, 0, ...(fresh.get(name) ?? []));
        if (entries.length > 0) byName.set(name, entries);
        else byName.delete(name);
      }
    }
    return new NameTable<T>(byName);
  }
}

function namesOf<F, T>(
  file: string,
  facts: F | undefined,
  list: ListEntries<F, T>,
): ReadonlyMap<string, T[]> {
  const byName = new Map<string, T[]>();
  for (const [name, entry] of facts === undefined ? [] : list(file, facts)) {
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  return byName;
}
