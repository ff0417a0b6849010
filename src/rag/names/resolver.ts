import type { Binding, Expression, Import } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { findBeyondFile } from './beyond-file.ts';
import { distinctEntities, type Entity, keyOf, type Place } from './entity.ts';
import { type Lookups, requiredModule } from './lookups.ts';
import { findExports } from './module-exports.ts';
import { findPhpMember } from './php-members.ts';
import type { Program } from './program.ts';
import { readProperty } from './properties.ts';
import { findJavaImport } from './qualified-names.ts';
import { findRubyMember } from './ruby-members.ts';
import { findBelowRustModule, findInRustScope, followUse } from './rust-names.ts';
import { TypeResolver } from './type-resolver.ts';
import { ValueReader } from './values.ts';

const MAX_DEPTH = 24;

interface Evaluated extends Place {
  found: readonly Entity[];
}

/**
 * Follows expressions to what they stand for. Where the code leaves several possibilities, all are given; where it
 * tells nothing, none: a guess would make a wrong handler.
 */
export class Resolver implements Lookups {
  readonly program: Program;
  readonly types: TypeResolver;
  readonly values: ValueReader;
  readonly #names = new Map<string, readonly Entity[]>();
  readonly #evaluated = new WeakMap<Expression, Evaluated>();
  #depth = 0;

  constructor(program: Program) {
    this.program = program;
    this.types = new TypeResolver(this);
    this.values = new ValueReader(this, this.types);
  }

  /** What `expression` stands for at `place`, names followed. */
  evaluate(expression: Expression, place: Place): readonly Entity[] {
    // A name is kept by its scope; anything else is looked at once, or long chains would take exponential time.
    const known = this.#evaluated.get(expression);
    if (known !== undefined && known.scope === place.scope && known.file === place.file) return known.found;
    if (this.#depth >= MAX_DEPTH) return [];
    const entry: Evaluated = { ...place, found: [] };
    this.#evaluated.set(expression, entry);
    this.#depth++;
    try {
      entry.found = distinctEntities(this.#evaluate(expression, place));
    } finally {
      this.#depth--;
    }
    return entry.found;
  }

  /** A member of what `owner` stands for. */
  member(owner: Entity, name: string): readonly Entity[] {
    return this.#once(`${keyOf(owner)} . ${name}`, () => this.#member(owner, name));
  }

  #member(owner: Entity, name: string): readonly Entity[] {
    switch (owner.kind) {
      case 'external':
        return [{ kind: 'external', name: `${owner.name}.${name}` }];
      case 'module':
        return this.exportOf(owner.file, name);
      case 'symbol': {
        const { kind } = this.program.symbol(owner);
        return isOwner(kind, this.program.facts(owner.file).language) ? this.#classMember(owner, name) : [];
      }
      case 'instance':
        return this.#classMember(owner, name);
      case 'value':
        return this.values.member(owner, name);
      case 'param':
        return this.types.of(owner).flatMap((type) => this.member(type, name));
    }
  }

  #classMember(owner: Entity & { kind: 'symbol' | 'instance' }, name: string): readonly Entity[] {
    const found = this.types.member(owner, name);
    if (found.length > 0) return found;
    const { language } = this.program.facts(owner.file);
    if (language === 'ruby') return findRubyMember(owner, name, this);
    if (language === 'rust') return findBelowRustModule(owner, name, this);
    return language === 'php' ? findPhpMember(owner, name, this) : [];
  }

  /** What a module of the workspace gives under `name`. */
  exportOf(file: string, name: string): readonly Entity[] {
    return this.#once(`export ${file} ${name}`, () => findExports(this, file, name));
  }

  /** What a name means at a place: the innermost scope that knows it counts. */
  lookup(name: string, place: Place): readonly Entity[] {
    return this.#once(`${place.file} ${place.scope} ${name}`, () => this.#lookup(name, place));
  }

  /** What an import stands for. */
  followImport(entry: Import, file: string): readonly Entity[] {
    const { language } = this.program.facts(file);
    if (language === 'rust') return followUse(this, entry, file);
    const target = this.program.modules.find(file, entry.module, language);
    if (target !== null) {
      if (entry.name === '*') return [{ kind: 'module', file: target }];
      return this.exportOf(target, entry.name);
    }
    const isPython = familyOf(language) === 'python';
    // `from . import x` and `from app import x`: x may be a module in a folder without __init__.py.
    const inner = isPython && entry.name !== '*' ? `${entry.module.replace(/\.$/, '.')}` : null;
    if (inner !== null) {
      const joined = inner.endsWith('.') ? `${inner}${entry.name}` : `${inner}.${entry.name}`;
      const found = this.program.modules.find(file, joined, language);
      if (found !== null) return [{ kind: 'module', file: found }];
    }
    const classes = language === 'java' ? findJavaImport(entry, this.program) : [];
    if (classes.length > 0) return classes;
    const whole = entry.name === '*' || entry.name === '=' || entry.name === 'default';
    return [{ kind: 'external', name: whole ? entry.module : `${entry.module}.${entry.name}` }];
  }

  /** What one binding holds: its value, else objects of its type. */
  followBinding(binding: Binding, file: string): readonly Entity[] {
    const place = { file, scope: binding.from };
    const value = binding.value === null ? [] : this.evaluate(binding.value, place);
    const picked =
      binding.pick === null ? value : value.flatMap((entity) => this.values.pick(entity, binding.pick));
    if (binding.type === null) return picked;
    const typed = this.types.named(binding.type, { file, scope: binding.scope });
    return typed.length > 0 && picked.every((entity) => entity.kind !== 'symbol') ? typed : picked;
  }

  #evaluate(expression: Expression, place: Place): readonly Entity[] {
    switch (expression.kind) {
      case 'name':
        return this.lookup(expression.name, place);
      case 'member': {
        const owners = this.evaluate(expression.of, place);
        const read = owners.flatMap((owner) => [...readProperty(owner, this, this.types)]);
        return read.flatMap((owner) => [...this.member(owner, expression.name)]);
      }
      case 'either':
        return expression.items.flatMap((item) => [...this.evaluate(item, place)]);
      case 'each':
        return this.values.items(expression.of, place);
      case 'spread':
        return [];
      case 'index': {
        const [first] = expression.items;
        const picked = first?.kind === 'string' ? this.evaluate(expression.of, place) : [];
        const name = first?.kind === 'string' ? first.value : '';
        const found = picked
          .filter((e) => e.kind === 'value')
          .flatMap((owner) => [...this.member(owner, name)]);
        return found.length > 0 ? found : [{ kind: 'value', ...place, value: expression }];
      }
      case 'call': {
        const module = requiredModule(expression);
        if (module === null) return [{ kind: 'value', ...place, value: expression }];
        const entry = { scope: place.scope, local: '', module, name: '=', line: expression.line };
        return this.followImport(entry, place.file);
      }
      default:
        return [{ kind: 'value', ...place, value: expression }];
    }
  }

  #lookup(name: string, place: Place): readonly Entity[] {
    const facts = this.program.facts(place.file);
    // A class of Ruby may be opened in many files: the one at hand is not the whole.
    if (facts.language === 'ruby' && /^(::)?[A-Z]/.test(name))
      return findBeyondFile(name, place, this, this.types);
    for (let scope = place.scope; scope >= 0; scope = facts.scopes[scope]?.parent ?? -1) {
      const fact = facts.scopes[scope];
      if (fact === undefined || fact.self === name || (name === 'this' && fact.kind === 'class')) break;
      const found = this.#seenFrom(name, place, scope);
      if (found !== null) return found;
    }
    if (name === 'this' || this.#isSelf(name, place)) return this.#self(place);
    return findBeyondFile(name, place, this, this.types);
  }

  /** The body of a class lends its names to its methods in some languages only. */
  #seenFrom(name: string, place: Place, scope: number): readonly Entity[] | null {
    const { scopes, language } = this.program.facts(place.file);
    const fact = scopes[scope];
    if (fact?.kind === 'class' && /^(java|csharp|ruby)$/.test(language)) {
      if (fact.symbol === null) return null;
      const found = this.member({ kind: 'instance', file: place.file, index: fact.symbol }, name);
      return found.length > 0 ? found : null;
    }
    return fact?.kind === 'class' && scope !== place.scope ? null : this.#inScope(name, { ...place, scope });
  }

  #inScope(name: string, at: Place): readonly Entity[] | null {
    if (this.program.facts(at.file).language === 'rust') return findInRustScope(this, name, at);
    const symbols = this.program.symbolsOf(at, name);
    if (symbols.length > 0) return symbols.map((index) => ({ kind: 'symbol', file: at.file, index }));
    const bindings = this.program.bindingsOf(at, name);
    if (bindings.length > 0) return bindings.flatMap((binding) => [...this.followBinding(binding, at.file)]);
    const imports = this.program.importsOf(at, name);
    if (imports.length > 0) return imports.flatMap((entry) => [...this.followImport(entry, at.file)]);
    const scope = this.program.facts(at.file).scopes[at.scope];
    const index = scope?.params.findIndex((param) => param.name === name) ?? -1;
    return index >= 0 ? [{ kind: 'param', file: at.file, scope: at.scope, index }] : null;
  }

  #isSelf(name: string, place: Place): boolean {
    const { scopes } = this.program.facts(place.file);
    for (let at = place.scope; at > 0; at = scopes[at]?.parent ?? -1) {
      if (scopes[at]?.self === name) return true;
    }
    return false;
  }

  #self(place: Place): readonly Entity[] {
    const { scopes } = this.program.facts(place.file);
    for (let at = place.scope; at > 0; at = scopes[at]?.parent ?? -1) {
      const symbol = scopes[at]?.symbol ?? null;
      if (scopes[at]?.kind === 'class' && symbol !== null) {
        return [{ kind: 'instance', file: place.file, index: symbol }];
      }
      // Go's and Rust's methods stand beside their type.
      if (symbol !== null && scopes[at]?.self !== null) {
        const { parent } = this.program.symbol({ file: place.file, index: symbol });
        if (parent !== '' && scopes[scopes[at]?.parent ?? -1]?.kind !== 'class') {
          return this.types.classesNamed(parent, place.file);
        }
      }
    }
    return [];
  }

  #once(key: string, find: () => readonly Entity[]): readonly Entity[] {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    // A name that is defined through itself gives nothing the second time.
    this.#names.set(key, []);
    const found = distinctEntities(find());
    this.#names.set(key, found);
    return found;
  }
}

/** Rust tells a function from a module of the same name by where the name stands. */
function isOwner(kind: string, language: string): boolean {
  return /^(class|interface|module)$/.test(kind) || (kind === 'function' && language === 'rust');
}
