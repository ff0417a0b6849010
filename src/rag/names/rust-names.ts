import type { Import } from '../facts.ts';
import type { Entity, Place } from './entity.ts';
import type { Lookups } from './lookups.ts';

/** What a `use` stands for: its path is followed segment by segment, through modules, re-exports and types. */
export function followUse(lookups: Lookups, entry: Import, file: string): readonly Entity[] {
  const segments = [...entry.module.split('::'), entry.name].filter((part) => part !== '');
  const [first = '', ...rest] = segments;
  const roots = rootsOf(lookups, first, file, entry);
  if (roots.length === 0) return [{ kind: 'external', name: segments.join('.') }];
  return rest.reduce<readonly Entity[]>(
    (owners, name) => owners.flatMap((owner) => [...lookups.member(owner, name)]),
    roots,
  );
}

/** What a Rust module of the workspace gives under `name`: items, imports, modules below it, then globs. */
export function findRustName(lookups: Lookups, file: string, name: string): readonly Entity[] {
  const at: Place = { file, scope: 0 };
  const { program } = lookups;
  const items = program.symbolsOf(at, name).map((index): Entity => ({ kind: 'symbol', file, index }));
  const bound = program.bindingsOf(at, name).flatMap((binding) => [...lookups.followBinding(binding, file)]);
  const used = program.importsOf(at, name).flatMap((entry) => [...followUse(lookups, entry, file)]);
  const found = [...items, ...bound, ...used, ...childModule(lookups, name, file)];
  if (found.length > 0) return found;
  return program.importsOf(at, '*').flatMap((entry) => {
    const whole = { ...entry, module: entry.module.split('::').slice(0, -1).join('::') };
    const owners = followUse(lookups, { ...whole, name: entry.module.split('::').at(-1) ?? '' }, file);
    return owners.flatMap((owner) => (owner.kind === 'external' ? [] : [...lookups.member(owner, name)]));
  });
}

/** What a name means in exactly this scope; a variable may hide another of its name, or a parameter, made from it. */
export function findInRustScope(lookups: Lookups, name: string, at: Place): readonly Entity[] | null {
  const { program } = lookups;
  if (at.scope === 0) return orNull(findRustName(lookups, at.file, name));
  const items = program
    .symbolsOf(at, name)
    .map((index): Entity => ({ kind: 'symbol', file: at.file, index }));
  const used = program.importsOf(at, name).flatMap((entry) => [...followUse(lookups, entry, at.file)]);
  if (items.length + used.length > 0) return [...items, ...used];
  const bound = program
    .bindingsOf(at, name)
    .flatMap((binding) => [...lookups.followBinding(binding, at.file)]);
  const params = program.facts(at.file).scopes[at.scope]?.params ?? [];
  const index = params.findIndex((param) => param.name === name);
  const given: Entity[] = index < 0 ? [] : [{ kind: 'param', file: at.file, scope: at.scope, index }];
  const isBound = program.bindingsOf(at, name).length > 0;
  return isBound ? [...bound, ...given] : orNull(given);
}

/** What a name means that no scope of the file knows: a path's root, a crate of the workspace, else a library. */
export function findBeyondRustFile(lookups: Lookups, name: string, file: string): readonly Entity[] {
  const found = lookups.program.modules.find(file, name, 'rust');
  if (found !== null) return [{ kind: 'module', file: found }];
  // `use actix_web::web::*`: the name may be one of that library's.
  const wide = lookups.program.importsOf({ file, scope: 0 }, '*').flatMap((entry): Entity[] => {
    const [first = ''] = entry.module.split('::');
    const isLibrary =
      !/^(crate|super|self)$/.test(first) && rootsOf(lookups, first, file, entry).length === 0;
    return isLibrary ? [{ kind: 'external', name: `${entry.module.replaceAll('::', '.')}.${name}` }] : [];
  });
  return [{ kind: 'external', name }, ...wide];
}

/**
 * The module in a file of its own below one that is written in place: `mod api { pub mod orders; }`. Behind the name
 * of a function, `::` means a crate or a module of that name.
 */
export function findBelowRustModule(
  owner: { readonly file: string; readonly index: number },
  name: string,
  lookups: Lookups,
): readonly Entity[] {
  const { kind, parent, name: own } = lookups.program.symbol(owner);
  if (kind === 'function') {
    const roots = findBeyondRustFile(lookups, own, owner.file);
    return roots.flatMap((root) => [...lookups.member(root, name)]);
  }
  if (kind !== 'module') return [];
  const path = [...parent.split('.'), own, name].filter((part) => part !== '').join('::');
  return childModule(lookups, path, owner.file);
}

/** Empty: the first segment names a library. */
function rootsOf(lookups: Lookups, first: string, file: string, entry: Import): readonly Entity[] {
  if (first !== 'crate' && first !== 'super') {
    const at: Place = { file, scope: 0 };
    const items = lookups.program
      .symbolsOf(at, first)
      .map((index): Entity => ({ kind: 'symbol', file, index }));
    const used = lookups.program
      .importsOf(at, first)
      .filter((other) => other !== entry && other.module !== first && !other.module.startsWith(`${first}::`))
      .flatMap((other) => [...followUse(lookups, other, file)]);
    if (items.length > 0 || used.length > 0) return [...items, ...used];
  }
  const module = lookups.program.modules.find(file, first, 'rust');
  return module === null ? [] : [{ kind: 'module', file: module }];
}

function orNull(found: readonly Entity[]): readonly Entity[] | null {
  return found.length > 0 ? found : null;
}

function childModule(lookups: Lookups, name: string, file: string): readonly Entity[] {
  const { modules } = lookups.program;
  const found = modules.find(file, name === 'super' ? name : `::${name}`, 'rust');
  return found === null ? [] : [{ kind: 'module', file: found }];
}
