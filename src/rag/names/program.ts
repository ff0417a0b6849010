import type { CodeSymbol } from '../../types-code.ts';
import type { Binding, CallExpression, FileFacts, Import, SymbolFact } from '../facts.ts';
import { familyOf } from '../languages.ts';
import type { ModuleFinder } from '../modules/module-finder.ts';
import type { Entity, Place } from './entity.ts';
import { compareFiles, NameTable } from './name-table.ts';
import { type CallPlace, listBases, listCalls, listSymbols, type SymbolPlace } from './named-entries.ts';

interface FileTables {
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  readonly imports: ReadonlyMap<string, readonly Import[]>;
  readonly symbols: ReadonlyMap<string, readonly number[]>;
}

/** A call such as `app.get(…)`. */
export interface MemberCall {
  readonly place: Place;
  readonly call: CallExpression;
  readonly name: string;
}

/** The facts of all files, sorted by path, with the tables that lookups need. */
export class Program {
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly modules: ModuleFinder;
  readonly #tables = new Map<string, FileTables>();
  readonly #symbolsByName: NameTable<SymbolPlace>;
  readonly #callsByName: NameTable<CallPlace>;
  readonly #classesByBase: NameTable<SymbolPlace>;
  readonly #librariesOf = new Map<string, readonly string[]>();
  readonly #memberCalls = new Map<string, readonly MemberCall[]>();
  readonly #filesByFamily = new Map<string, readonly (readonly [string, FileFacts])[]>();
  readonly #filesByFolder = new Map<string, string[]>();

  /** @param before the program of the same workspace as it was: what has not changed since is taken from it. */
  constructor(files: ReadonlyMap<string, FileFacts>, modules: ModuleFinder, before: Program | null = null) {
    this.files = files;
    this.modules = modules;
    const change = before && compareFiles(before.files, files);
    if (before === null || change === null) {
      this.#symbolsByName = NameTable.of(files, listSymbols);
      this.#callsByName = NameTable.of(files, listCalls);
      this.#classesByBase = NameTable.of(files, listBases);
    } else {
      this.#symbolsByName = before.#symbolsByName.renew(change, listSymbols);
      this.#callsByName = before.#callsByName.renew(change, listCalls);
      this.#classesByBase = before.#classesByBase.renew(change, listBases);
    }
    for (const file of files.keys()) append(this.#filesByFolder, folderOf(file), file);
  }

  /** The files of one family of languages, in their order. */
  filesOf(family: string): readonly (readonly [file: string, facts: FileFacts])[] {
    let files = this.#filesByFamily.get(family);
    if (files === undefined) {
      files = [...this.files].filter(([, { language }]) => familyOf(language) === family);
      this.#filesByFamily.set(family, files);
    }
    return files;
  }

  facts(file: string): FileFacts {
    const facts = this.files.get(file);
    if (facts === undefined) throw new RangeError(`no facts of ${file}`);
    return facts;
  }

  symbol(entity: { readonly file: string; readonly index: number }): SymbolFact {
    const symbol = this.facts(entity.file).symbols[entity.index];
    if (symbol === undefined) throw new RangeError(`no symbol ${entity.index} in ${entity.file}`);
    return symbol;
  }

  /** The noun that the product shows. */
  codeSymbol(entity: { readonly file: string; readonly index: number }): CodeSymbol {
    const { name, kind, parent, startLine, endLine } = this.symbol(entity);
    return {
      name,
      kind,
      parent,
      file: entity.file,
      startLine,
      endLine,
      language: this.facts(entity.file).language,
    };
  }

  symbolsNamed(name: string): readonly SymbolPlace[] {
    return this.#symbolsByName.get(name);
  }

  /** Classes that name `base`, in whatever module, as what they are made from. */
  classesBasedOn(base: string): readonly SymbolPlace[] {
    return this.#classesByBase.get(base);
  }

  /** Calls whose callee ends in `name`, in files of one family of languages. */
  callsNamed(name: string, family: string): CallPlace[] {
    return this.#callsByName.get(name).filter(({ file }) => familyOf(this.facts(file).language) === family);
  }

  /** Calls of a family's files that are made on something, in the order of files and lines. */
  memberCalls(family: string): readonly MemberCall[] {
    let calls = this.#memberCalls.get(family);
    if (calls === undefined) {
      calls = this.filesOf(family).flatMap(([file, facts]) => listMemberCalls(file, facts));
      this.#memberCalls.set(family, calls);
    }
    return calls;
  }

  /** Whether some file of a family imports, requires or exports a library whose name holds `part`. */
  usesModule(part: string, family: string): boolean {
    let libraries = this.#librariesOf.get(family);
    if (libraries === undefined) {
      libraries = this.#listLibraries(family);
      this.#librariesOf.set(family, libraries);
    }
    return libraries.some((library) => library.includes(part));
  }

  filesIn(folder: string): readonly string[] {
    return this.#filesByFolder.get(folder) ?? [];
  }

  /** What a name is bound to in exactly this scope. */
  bindingsOf(place: Place, name: string): readonly Binding[] {
    return this.#tablesOf(place.file).bindings.get(`${place.scope} ${name}`) ?? [];
  }

  importsOf(place: Place, local: string): readonly Import[] {
    return this.#tablesOf(place.file).imports.get(`${place.scope} ${local}`) ?? [];
  }

  /** Functions and classes of this name that stand in exactly this scope. */
  symbolsOf(place: Place, name: string): readonly number[] {
    return this.#tablesOf(place.file).symbols.get(`${place.scope} ${name}`) ?? [];
  }

  /** The class around a scope, as an index into the file's symbols; `null`: none. */
  classAround(place: Place): number | null {
    const facts = this.facts(place.file);
    for (let at = place.scope; at > 0; at = facts.scopes[at]?.parent ?? -1) {
      const scope = facts.scopes[at];
      if (scope?.kind === 'class') return scope.symbol;
    }
    return null;
  }

  /** Symbols that are members of a class by their path, in the files that may hold them. */
  membersOf(type: { readonly file: string; readonly index: number }, name: string): Entity[] {
    const owner = this.symbol(type);
    const path = owner.parent === '' ? owner.name : `${owner.parent}.${owner.name}`;
    const wide = ['go', 'rust', 'csharp'].includes(this.facts(type.file).language);
    return this.symbolsNamed(name)
      .filter(({ file, index }) => {
        const near = file === type.file || (wide && folderOf(file) === folderOf(type.file));
        return near && this.symbol({ file, index }).parent === path;
      })
      .map(({ file, index }): Entity => ({ kind: 'symbol', file, index }));
  }

  #listLibraries(family: string): readonly string[] {
    const modules = new Set<string>();
    for (const [, { imports, exports }] of this.filesOf(family)) {
      for (const { module } of imports) modules.add(module);
      for (const { module } of exports) if (module !== null) modules.add(module);
    }
    for (const { placed } of [...this.callsNamed('require', family), ...this.callsNamed('import', family)]) {
      const first = placed.call.args[0]?.value;
      if (first?.kind === 'string') modules.add(first.value);
    }
    // What lies in the workspace is no library.
    return [...modules].filter((module) => !module.startsWith('.'));
  }

  #tablesOf(file: string): FileTables {
    const known = this.#tables.get(file);
    if (known !== undefined) return known;
    const facts = this.facts(file);
    const bindings = new Map<string, Binding[]>();
    const imports = new Map<string, Import[]>();
    const symbols = new Map<string, number[]>();
    for (const binding of facts.bindings) append(bindings, `${binding.scope} ${binding.name}`, binding);
    for (const entry of facts.imports) append(imports, `${entry.scope} ${entry.local}`, entry);
    facts.symbols.forEach((symbol, index) => {
      // Go's methods stand at the top level, but their names are not known there.
      const isFree = symbol.kind !== 'method' || facts.scopes[symbol.inScope]?.kind === 'class';
      // The alias of a type is found as what it is bound to.
      const isBound = symbol.kind === 'variable' || (symbol.kind === 'interface' && symbol.scope === null);
      if (!isBound && isFree) append(symbols, `${symbol.inScope} ${symbol.name}`, index);
    });
    const made = { bindings, imports, symbols };
    this.#tables.set(file, made);
    return made;
  }
}

const memberCallsOf = new WeakMap<FileFacts, readonly MemberCall[]>();

/** Kept with the facts, which outlive a program. */
function listMemberCalls(file: string, facts: FileFacts): readonly MemberCall[] {
  let calls = memberCallsOf.get(facts);
  if (calls === undefined) {
    calls = facts.calls.flatMap(({ scope, call }): MemberCall[] =>
      call.callee.kind === 'member' ? [{ place: { file, scope }, call, name: call.callee.name }] : [],
    );
    memberCallsOf.set(facts, calls);
  }
  return calls;
}

/** The folder of a file; empty for one at the root. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
