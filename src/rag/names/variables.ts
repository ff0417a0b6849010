import type { Import } from '../facts.ts';
import type { Place } from './entity.ts';
import { folderOf, type Program } from './program.ts';
import type { Resolver } from './resolver.ts';

/** Finds the variable of a module's top level that a name means, here or where it is imported from. */
export function findVariable(
  name: string | null,
  place: Place,
  resolver: Resolver,
): { readonly file: string; readonly index: number } | null {
  if (name === null) return null;
  const { program } = resolver;
  const facts = program.facts(place.file);
  for (let scope = place.scope; scope > 0; scope = facts.scopes[scope]?.parent ?? 0) {
    const at = { file: place.file, scope };
    const isLocal =
      program.bindingsOf(at, name).length > 0 ||
      facts.scopes[scope]?.params.some((param) => param.name === name);
    if (isLocal === true) return null;
  }
  const own = variableIn(place.file, name, program);
  if (own !== null) return own;
  if (facts.language === 'go') {
    const files = program.filesIn(folderOf(place.file));
    for (const file of files) {
      const found = variableIn(file, name, program);
      if (found !== null) return found;
    }
  }
  const [entry] = program.importsOf({ file: place.file, scope: 0 }, name);
  return entry === undefined ? null : findImported(entry, place.file, program, 0);
}

function findImported(entry: Import, from: string, program: Program, depth: number) {
  const target = program.modules.find(from, entry.module, program.facts(from).language);
  if (target === null || target.endsWith('/') || depth > 4 || entry.name === '*') return null;
  const isWhole = entry.name === '=' || entry.name === 'default';
  for (const exported of program.facts(target).exports) {
    const fits =
      exported.name === entry.name || (isWhole && (exported.name === 'default' || exported.name === '='));
    if (!fits || exported.value.kind !== 'name') continue;
    if (exported.module === null) return variableIn(target, exported.value.name, program);
    const next = { ...entry, module: exported.module, name: exported.value.name };
    return findImported(next, target, program, depth + 1);
  }
  return isWhole ? null : variableIn(target, entry.name, program);
}

function variableIn(file: string, name: string, program: Program) {
  const index = program
    .facts(file)
    .symbols.findIndex(
      (symbol) => symbol.kind === 'variable' && symbol.name === name && symbol.inScope === 0,
    );
  return index < 0 ? null : { file, index };
}
