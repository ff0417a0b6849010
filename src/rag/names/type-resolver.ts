import { chainOf, lastName } from '../expressions.ts';
import type { Binding, Expression } from '../facts.ts';
import { CONTAINERS, isAbstract } from './abstract-types.ts';
import { type Entity, keyOf, type Param, type Place } from './entity.ts';
import { type Lookups, scopeOf } from './lookups.ts';
import { folderOf } from './program.ts';
import { followLiterals } from './struct-literals.ts';

type Instance = Entity & { readonly kind: 'instance' };
type ClassEntity = Entity & { readonly kind: 'instance' | 'symbol' };

/** Finds the classes of values from annotations, constructors and what functions give. */
export class TypeResolver {
  readonly #lookups: Lookups;
  readonly #types = new Map<string, readonly Instance[]>();
  readonly #members = new Map<string, readonly Entity[]>();
  readonly #named = new WeakMap<Expression, readonly Instance[]>();

  constructor(lookups: Lookups) {
    this.#lookups = lookups;
  }

  /** Objects that an entity may be. */
  of(entity: Entity): readonly Instance[] {
    if (entity.kind === 'instance') return [entity];
    const key = keyOf(entity);
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    this.#types.set(key, []);
    const found = this.#find(entity);
    this.#types.set(key, found);
    return found;
  }

  #find(entity: Entity): readonly Instance[] {
    if (entity.kind === 'param') return this.#ofParam(entity);
    if (entity.kind !== 'value') return [];
    const { value } = entity;
    if (value.kind === 'map') return value.type === null ? [] : this.named(value.type, entity);
    if (value.kind === 'index') return this.named(value, entity);
    if (value.kind !== 'call') return [];
    // Python writes the types of a generic class before what it is made with: `Repository[Order](session)`.
    const { callee } = value;
    const made = callee.kind === 'index' && callee.items[0]?.kind !== 'string' ? callee.of : callee;
    return this.#lookups.evaluate(made, entity).flatMap((target) => this.#madeBy(target, entity));
  }

  /** Objects of the type that an annotation names. */
  named(type: Expression, place: Place): readonly Instance[] {
    const known = this.#named.get(type);
    if (known !== undefined) return known;
    // A type that is defined through itself names nothing the second time.
    this.#named.set(type, []);
    const found = this.#findNamed(type, place);
    this.#named.set(type, found);
    return found;
  }

  #findNamed(type: Expression, place: Place): readonly Instance[] {
    switch (type.kind) {
      case 'either':
        return type.items.flatMap((item) => [...this.named(item, place)]);
      case 'index': {
        const first = type.items[0];
        if (first !== undefined && CONTAINERS.test(lastName(type.of) ?? '')) return this.named(first, place);
        const own = this.named(type.of, place);
        // `WithTransaction<OrderService>` of `type WithTransaction<S> = S & {…}`
        const isAlias = own.length === 0 && this.#lookups.evaluate(type.of, place).some(isValue);
        return isAlias && first !== undefined ? this.named(first, place) : own;
      }
      case 'name':
      case 'member':
        return this.#lookups.evaluate(type, place).flatMap((entity) => this.#typed(entity));
      case 'call':
        return [];
      default:
        return [];
    }
  }

  /** What the `pick`th of several results is. */
  picked(entity: Entity & { kind: 'value' }, pick: number): readonly Entity[] {
    if (entity.value.kind !== 'call') return [];
    return this.#lookups.evaluate(entity.value.callee, entity).flatMap((target) => {
      const scope = scopeOf(target, this.#lookups.program);
      if (scope === null) return [];
      const type = this.#lookups.program.facts(scope.file).scopes[scope.scope]?.returnType ?? null;
      const item = type?.kind === 'list' ? type.items[pick] : pick === 0 ? type : null;
      return item === null || item === undefined ? [] : [...this.named(item, scope)];
    });
  }

  /** A member of a class, each once: its own, then those of its bases; of an interface also those of who implements it. */
  member(owner: ClassEntity, name: string): readonly Entity[] {
    const key = `${owner.file}:${owner.index} ${name}`;
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    this.#members.set(key, []);
    const all = this.#findMember(owner, name);
    const found = all.length < 2 ? all : [...new Map(all.map((one) => [keyOf(one), one])).values()];
    this.#members.set(key, found);
    return found;
  }

  #findMember(owner: ClassEntity, name: string): readonly Entity[] {
    const { program } = this.#lookups;
    const symbol = program.symbol(owner);
    const own = this.#ownMembers(owner, name);
    if (
      own.length > 0 &&
      (symbol.kind === 'interface' || own.some((entity) => isAbstract(entity, program)))
    ) {
      const made = this.implementers(owner, name).flatMap((type) => [...this.#ownMembers(type, name)]);
      return [...made, ...own];
    }
    if (own.length > 0) return own;
    const inherited = this.basesOf(owner).flatMap((base) => [...this.member(base, name)]);
    if (inherited.length > 0 || symbol.kind !== 'interface') return inherited;
    return this.implementers(owner, name).flatMap((type) => [...this.member(type, name)]);
  }

  /** Classes of the workspace that a class is made from. */
  basesOf(owner: ClassEntity): readonly ClassEntity[] {
    const symbol = this.#lookups.program.symbol(owner);
    const place = { file: owner.file, scope: symbol.inScope };
    return symbol.bases.flatMap((base) => {
      const plain = base.kind === 'index' ? base.of : base;
      return this.#lookups.evaluate(plain, place).filter((entity) => this.#isClass(entity)) as ClassEntity[];
    });
  }

  /** Classes that implement an interface: by name, or in Go by having its methods. */
  implementers(owner: ClassEntity, method: string): readonly Instance[] {
    const { program } = this.#lookups;
    const wanted = program.symbol(owner);
    if (program.facts(owner.file).language === 'go') return this.#implementersInGo(owner, method);
    return program.classesBasedOn(wanted.name).flatMap(({ file, index }) => {
      const bases = this.basesOf({ kind: 'instance', file, index });
      const isBase = bases.some((base) => base.file === owner.file && base.index === owner.index);
      return isBase ? [{ kind: 'instance', file, index } as const] : [];
    });
  }

  /** Classes of this name, those of the same file and folder first. */
  classesNamed(name: string, from: string): readonly Instance[] {
    const { program } = this.#lookups;
    const short = name.slice(name.lastIndexOf('.') + 1);
    const all = program
      .symbolsNamed(short)
      .filter((at) => this.#isClass({ kind: 'symbol', ...at }))
      .filter((at) => program.facts(at.file).language === program.facts(from).language);
    const inFile = all.filter((at) => at.file === from);
    const inFolder = all.filter((at) => folderOf(at.file) === folderOf(from));
    const near = inFile.length > 0 ? inFile : inFolder.length > 0 ? inFolder : all;
    return near.map((at) => ({ kind: 'instance', ...at }));
  }

  #ownMembers(owner: ClassEntity, name: string): readonly Entity[] {
    const { program } = this.#lookups;
    const methods = program.membersOf(owner, name);
    if (methods.length > 0) return methods;
    const { scope } = program.symbol(owner);
    if (scope === null) return [];
    const bindings = program.bindingsOf({ file: owner.file, scope }, name);
    const typed = bindings.filter((binding) => binding.type !== null);
    const follow = (all: readonly Binding[]) =>
      all.flatMap((binding) => [...this.#lookups.followBinding(binding, owner.file)]);
    const found = follow(typed);
    // A type of a library tells nothing, but what is assigned may.
    const assigned = found.length > 0 ? found : follow(bindings);
    if (assigned.length > 0 || !/^(rust|go)$/.test(program.facts(owner.file).language)) return assigned;
    return bindings.length === 0 ? [] : followLiterals(this.#lookups, program.symbol(owner).name, name);
  }

  #implementersInGo(owner: ClassEntity, method: string): readonly Instance[] {
    const { program } = this.#lookups;
    const wanted = new Set(
      program
        .facts(owner.file)
        .symbols.filter((s) => s.parent === program.symbol(owner).name)
        .map((s) => s.name),
    );
    const found: Instance[] = [];
    for (const at of program.symbolsNamed(method)) {
      const { parent, kind } = program.symbol(at);
      if (kind !== 'method' || program.facts(at.file).language !== 'go') continue;
      for (const type of this.classesNamed(parent, at.file)) {
        if (program.symbol(type).kind !== 'class') continue;
        if ([...wanted].every((name) => program.membersOf(type, name).length > 0)) found.push(type);
      }
    }
    return found;
  }

  #ofParam(param: Param): readonly Instance[] {
    const { program } = this.#lookups;
    const scope = program.facts(param.file).scopes[param.scope];
    const fact = scope?.params[param.index];
    if (fact === undefined) return [];
    const place = { file: param.file, scope: param.scope };
    if (fact.type !== null) {
      const typed = this.named(fact.type, place);
      if (typed.length > 0) return typed;
    }
    return fact.value === null ? [] : this.#injected(fact.value, place);
  }

  /** `service: Service = Depends(get_service)`: what the provider gives. */
  #injected(value: Expression, place: Place): readonly Instance[] {
    if (value.kind !== 'call' || !/(^|\.)(Depends|Security|inject)$/.test(chainOf(value.callee) ?? '')) {
      return this.#lookups.evaluate(value, place).flatMap((entity) => [...this.of(entity)]);
    }
    const provider = value.args[0]?.value;
    if (provider === undefined) return [];
    return this.#lookups.evaluate(provider, place).flatMap((target) => [...this.#madeBy(target, place)]);
  }

  #madeBy(target: Entity, place: Place): readonly Instance[] {
    if (this.#isClass(target)) return [{ kind: 'instance', file: target.file, index: target.index }];
    const scope = scopeOf(target, this.#lookups.program);
    if (scope === null) {
      return target.kind === 'param' ? this.of(target).flatMap((type) => [...this.#madeBy(type, place)]) : [];
    }
    const fact = this.#lookups.program.facts(scope.file).scopes[scope.scope];
    const type = fact?.returnType ?? null;
    const typed =
      type === null ? [] : this.named(type.kind === 'list' ? (type.items[0] ?? type) : type, scope);
    if (typed.length > 0) return typed;
    return (fact?.returns ?? []).flatMap((value) =>
      this.#lookups.evaluate(value, scope).flatMap((entity) => [...this.of(entity)]),
    );
  }

  /** A type's name may be an alias of a type. */
  #typed(entity: Entity): readonly Instance[] {
    if (this.#isClass(entity)) return [{ kind: 'instance', file: entity.file, index: entity.index }];
    if (entity.kind !== 'value' || entity.value.kind === 'call') return [];
    return this.named(entity.value, entity);
  }

  #isClass(entity: Entity): entity is ClassEntity {
    if (entity.kind !== 'symbol' && entity.kind !== 'instance') return false;
    const { kind } = this.#lookups.program.symbol(entity);
    return kind === 'class' || kind === 'interface';
  }
}

function isValue({ kind }: Entity): boolean {
  return kind === 'value';
}
