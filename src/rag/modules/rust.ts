import { posix } from 'node:path';
import type { Manifests } from '../manifests/manifests.ts';
import type { FindModule } from './find-module.ts';

/**
 * Rust: a crate of the workspace by its name, and `crate::a::b`, `super::a` and `a::b` by the files that hold the
 * modules (https://doc.rust-lang.org/reference/items/modules.html).
 */
export function createRustFinder(files: readonly string[], manifests: Manifests): FindModule {
  const known = new Set(files.filter((file) => file.endsWith('.rs')));
  const crates = listCrates(manifests.texts, known);
  const startOf = (from: string, first: string): string | null => {
    if (first === '') return from;
    if (first === 'crate') return rootOf(from, known);
    if (first === 'super') return parentOf(from, known);
    return childOf(from, first, known) ?? crates.find(({ name }) => name === first)?.root ?? null;
  };
  return (from, module) => {
    const [first = '', ...rest] = module.split('::');
    let at = startOf(from, first);
    for (const segment of rest) {
      if (at === null) return null;
      // A module written in place has no file, only a folder for those below it.
      const inner: string = posix.join(folderOfModules(at), segment, 'mod.rs');
      at = segment === 'super' ? parentOf(at, known) : (childOf(at, segment, known) ?? inner);
    }
    return at !== null && known.has(at) ? at : null;
  };
}

/** The folder in which the modules of a file's module stand. */
function folderOfModules(file: string): string {
  const folder = posix.dirname(file);
  const name = posix.basename(file, '.rs');
  const isRoot = /^(mod|lib|main)$/.test(name) || /(^|\/)src\/bin$/.test(folder);
  return isRoot ? folder : posix.join(folder, name);
}

function childOf(file: string, name: string, known: ReadonlySet<string>): string | null {
  const base = posix.join(folderOfModules(file), name);
  return [`${base}.rs`, `${base}/mod.rs`].find((path) => known.has(path) && path !== file) ?? null;
}

function parentOf(file: string, known: ReadonlySet<string>): string | null {
  const folder = posix.basename(file) === 'mod.rs' ? posix.dirname(posix.dirname(file)) : posix.dirname(file);
  const own = ['mod.rs', 'lib.rs', 'main.rs'].map((name) => posix.join(folder, name));
  return [...own, `${folder}.rs`].find((path) => known.has(path) && path !== file) ?? null;
}

/** The root of the crate that a file belongs to: `lib.rs` or `main.rs` of the folder above that has one. */
function rootOf(file: string, known: ReadonlySet<string>): string | null {
  if (/(^|\/)src\/bin\/[^/]+\.rs$/.test(file)) return file;
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    for (const name of ['lib.rs', 'main.rs']) {
      const path = posix.join(folder, name);
      if (known.has(path)) return path;
    }
    if (folder === '.' || folder === '/') return null;
  }
}

function listCrates(texts: ReadonlyMap<string, string>, known: ReadonlySet<string>) {
  return [...texts].flatMap(([file, text]) => {
    if (posix.basename(file) !== 'Cargo.toml') return [];
    const section = (name: string) =>
      new RegExp(`^\\[${name}\\]\\s*$([\\s\\S]*?)(?=^\\[|(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';
    const field = (part: string, name: string) =>
      new RegExp(`^\\s*${name}\\s*=\\s*"([^"]+)"`, 'm').exec(part)?.[1];
    const name = field(section('lib'), 'name') ?? field(section('package'), 'name');
    const path = posix.join(posix.dirname(file), field(section('lib'), 'path') ?? 'src/lib.rs');
    return name === undefined || !known.has(path) ? [] : [{ name: name.replaceAll('-', '_'), root: path }];
  });
}
