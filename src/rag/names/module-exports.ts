import { familyOf } from '../languages.ts';
import type { Entity } from './entity.ts';
import type { Lookups } from './lookups.ts';
import { folderOf } from './program.ts';
import { findRustName } from './rust-names.ts';

/** Finds what a module of the workspace gives under `name`, through re-exports. */
export function findExports(resolver: Lookups, file: string, name: string): readonly Entity[] {
  if (file.endsWith('/')) return findInPackage(resolver, file, name);
  const family = familyOf(resolver.program.facts(file).language);
  if (family === 'rust') return findRustName(resolver, file, name);
  return family === 'javascript'
    ? findScriptExport(resolver, file, name)
    : findPythonName(resolver, file, name);
}

/** All files of a Go package share their names. */
function findInPackage(resolver: Lookups, folder: string, name: string): readonly Entity[] {
  const files = resolver.program.filesIn(folder.replace(/\/$/, ''));
  return files
    .filter((file) => file.endsWith('.go'))
    .flatMap((file) => {
      const at = { file, scope: 0 };
      const symbols = resolver.program.symbolsOf(at, name);
      if (symbols.length > 0) return symbols.map((index): Entity => ({ kind: 'symbol', file, index }));
      const bindings = resolver.program.bindingsOf(at, name);
      return bindings.flatMap((binding) => [...resolver.followBinding(binding, file)]);
    });
}

/** A module gives every name of its top level, and the modules inside its folder. */
function findPythonName(resolver: Lookups, file: string, name: string): readonly Entity[] {
  const found = resolver.lookup(name, { file, scope: 0 });
  const own = found.filter((entity) => entity.kind !== 'external' || entity.name !== name);
  if (own.length > 0) return own;
  const inner = file.endsWith('/__init__.py') ? [`${folderOf(file)}/${name}`] : [];
  return inner
    .flatMap((base) => [`${base}.py`, `${base}/__init__.py`])
    .filter((path) => resolver.program.files.has(path))
    .map((path): Entity => ({ kind: 'module', file: path }));
}

function findScriptExport(resolver: Lookups, file: string, name: string): readonly Entity[] {
  const { exports, language } = resolver.program.facts(file);
  const at = { file, scope: 0 };
  const assigned = exports.filter((entry) => entry.name === '=');
  if (name === '=' || name === 'default') {
    if (assigned.length > 0) return assigned.flatMap((entry) => [...resolver.evaluate(entry.value, at)]);
    const defaults = exports.filter((entry) => entry.name === 'default');
    const found = defaults.flatMap((entry) => followEntry(resolver, file, language, entry));
    // `require` of a module with a default export gives the module, and through interoperation often the default.
    return name === 'default' && found.length > 0 ? found : [...found, { kind: 'module', file }];
  }
  const named = exports.filter((entry) => entry.name === name);
  if (named.length > 0) return named.flatMap((entry) => followEntry(resolver, file, language, entry));
  const inAssigned = assigned.flatMap((entry) =>
    resolver.evaluate(entry.value, at).flatMap((entity) => [...resolver.member(entity, name)]),
  );
  if (inAssigned.length > 0) return inAssigned;
  return exports
    .filter((entry) => entry.name === '*' && entry.module !== null)
    .flatMap((entry) => {
      const target = resolver.program.modules.find(file, entry.module ?? '', language);
      return target === null ? [] : [...resolver.exportOf(target, name)];
    });
}

function followEntry(
  resolver: Lookups,
  file: string,
  language: string,
  entry: { readonly module: string | null; readonly value: Parameters<Lookups['evaluate']>[0] },
): readonly Entity[] {
  if (entry.module === null) return resolver.evaluate(entry.value, { file, scope: 0 });
  const name = entry.value.kind === 'name' ? entry.value.name : '*';
  const target = resolver.program.modules.find(file, entry.module, language);
  if (target === null) return [{ kind: 'external', name: `${entry.module}.${name}` }];
  return name === '*' ? [{ kind: 'module', file: target }] : resolver.exportOf(target, name);
}
