import type { CodeRange } from '../../types-code.ts';
import { chainOf, lastName, walkExpression } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts } from '../facts.ts';
import { listFilters } from '../rails/filters.ts';
import type { Entity, Place } from './entity.ts';
import { findExtensions } from './extension-methods.ts';
import { evaluateGiven } from './given-values.ts';
import { keepMeant } from './meant-targets.ts';
import type { SymbolPlace } from './named-entries.ts';
import type { Resolver } from './resolver.ts';
import { findVariable } from './variables.ts';

/** Calls that hand a function to a framework, which calls it before the handler. */
const INJECTORS = /^(Depends|Security|Inject|inject|UseGuards|UseInterceptors|UsePipes)$/;

/** Finds what code calls, and keeps it. */
export class CallGraph {
  readonly #resolver: Resolver;
  readonly #known = new Map<string, readonly SymbolPlace[]>();
  /** Functions that code calls as a parameter of its own, by the code's place. */
  readonly #handedTo = new Map<string, ReadonlySet<string>>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** Symbols that the code in `range` calls: calls first, in the order of the text, then what it only names. */
  calleesOf(range: CodeRange): readonly SymbolPlace[] {
    const key = rangeKey(range);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const facts = this.#resolver.program.files.get(range.file);
    const found = facts === undefined ? [] : this.#find(range, facts);
    this.#known.set(key, found);
    return found;
  }

  /**
   * What is called from `range` in up to `depth` steps, nearest first; the code of `range` itself is left out. A wrapper
   * that the file of `range` gives a function (`export default withUser(handler)`) calls that one here, and not those
   * that other files give it.
   */
  reach(range: CodeRange, depth: number): readonly SymbolPlace[] {
    const found = new Map<string, SymbolPlace>();
    let front: readonly CodeRange[] = [range];
    for (let step = 0; step < depth && front.length > 0; step++) {
      const next: CodeRange[] = [];
      for (const from of front) {
        for (const callee of this.#calleesFor(range, from)) {
          const key = symbolKey(callee);
          const symbol = this.#resolver.program.codeSymbol(callee);
          const isSelf =
            symbol.file === range.file &&
            symbol.startLine >= range.startLine &&
            symbol.endLine <= range.endLine;
          if (found.has(key) || isSelf) continue;
          found.set(key, callee);
          // A class that is only made or named would bring all of its methods.
          if (symbol.kind !== 'class' && symbol.kind !== 'interface') next.push(symbol);
        }
      }
      front = next;
    }
    return [...found.values()];
  }

  /** What `from` calls when the code of `range` leads there. */
  #calleesFor(range: CodeRange, from: CodeRange): readonly SymbolPlace[] {
    const callees = this.calleesOf(from);
    const handed = this.#handedTo.get(rangeKey(from));
    const isHanded = (callee: SymbolPlace) => handed?.has(symbolKey(callee)) === true;
    const isWrapper = callees.some((callee) => callee.file === range.file && isHanded(callee));
    return isWrapper ? callees.filter((callee) => callee.file === range.file || !isHanded(callee)) : callees;
  }

  #find(range: CodeRange, facts: FileFacts): readonly SymbolPlace[] {
    const strong: SymbolPlace[] = [];
    const weak: SymbolPlace[] = [];
    const handed: SymbolPlace[] = [];
    for (const { scope, call } of facts.calls) {
      if (call.line < range.startLine || call.endLine > range.endLine) continue;
      const place = { file: range.file, scope };
      const called = this.#called(call, place);
      strong.push(...called);
      if (call.callee.kind === 'name' && this.#symbolsAt(call.callee, place).length === 0)
        handed.push(...called);
      weak.push(...this.#named(call, place));
    }
    strong.push(...this.#injected(range, facts), ...listFilters(range, this.#resolver));
    if (handed.length > 0) this.#handedTo.set(rangeKey(range), new Set(handed.map(symbolKey)));
    const all = [...strong, ...weak].filter((symbol) => !this.#holds(symbol, range));
    return [...new Map(all.map((symbol) => [symbolKey(symbol), symbol])).values()];
  }

  #called(call: CallExpression, place: Place): SymbolPlace[] {
    const targets = this.#symbolsAt(call.callee, place);
    const meant = targets.length > 0 ? targets : this.#given(call.callee, place);
    if (meant.length > 0) return keepMeant(meant, call, this.#resolver.program);
    const extensions = findExtensions(call, place, this.#resolver.program);
    if (extensions.length > 0) return extensions;
    // `User.objects.filter()`: nothing is known of the method, but the class is.
    let of = call.callee;
    while (of.kind === 'member') {
      of = of.of;
      const owners = this.#symbolsAt(of, place);
      // A module of Ruby may be opened in many files: the one that has its name is enough.
      const isRuby = this.#resolver.program.facts(place.file).language === 'ruby';
      if (owners.length > 0) return isRuby ? owners.slice(0, 1) : owners;
    }
    return [];
  }

  /** What is called on or as a parameter, by what its callers give. */
  #given(callee: Expression, place: Place): SymbolPlace[] {
    const given =
      callee.kind === 'member'
        ? evaluateGiven(callee.of, place, this.#resolver).flatMap((owner) => [
            ...this.#resolver.member(owner, callee.name),
          ])
        : evaluateGiven(callee, place, this.#resolver);
    return given.flatMap((entity) => this.#symbolsOf(entity));
  }

  /** Functions, classes and objects of the workspace that are handed over. */
  #named(call: CallExpression, place: Place): SymbolPlace[] {
    const found: SymbolPlace[] = [];
    for (const { value } of call.args) {
      if (value.kind !== 'name' && value.kind !== 'member') continue;
      found.push(...this.#symbolsAt(value, place));
      const variable = findVariable(rootName(value), place, this.#resolver);
      if (variable !== null) found.push(variable);
    }
    const callee = rootName(call.callee);
    const variable = findVariable(callee, place, this.#resolver);
    return [...found, ...(variable === null ? [] : [variable]), ...this.#holders(call.callee, place)];
  }

  /** Variables of other files that hold what is called on: `db.pool.connect()`. */
  #holders(callee: Expression, place: Place): SymbolPlace[] {
    if (callee.kind !== 'member' || callee.of.kind !== 'member') return [];
    return this.#resolver.evaluate(callee.of, place).flatMap((entity) => {
      if (entity.kind !== 'value' || entity.value.kind !== 'call' || entity.scope !== 0) return [];
      const index = findHolder(this.#resolver.program.facts(entity.file), entity.value);
      return index < 0 ? [] : [{ file: entity.file, index }];
    });
  }

  /** What parameters and decorators in the range ask a framework to call. */
  #injected(range: CodeRange, facts: FileFacts): SymbolPlace[] {
    const found: SymbolPlace[] = [];
    facts.scopes.forEach((scope, index) => {
      if (index === 0 || scope.startLine < range.startLine || scope.endLine > range.endLine) return;
      const place = { file: range.file, scope: scope.parent };
      for (const param of scope.params) {
        for (const expression of [param.type, param.value, ...param.decorators]) {
          if (expression !== null) found.push(...this.#injectedBy(expression, place, 0));
        }
        // PHP's frameworks make what a parameter's type names: requests that validate, models.
        if (facts.language === 'php' && param.type !== null) {
          const made = this.#symbolsAt(param.type, place);
          found.push(...made.filter((type) => this.#resolver.program.symbol(type).bases.length > 0));
        }
      }
    });
    for (const symbol of facts.symbols) {
      if (symbol.startLine < range.startLine || symbol.endLine > range.endLine) continue;
      const place = { file: range.file, scope: symbol.inScope };
      for (const decorator of symbol.decorators) found.push(...this.#decoratedBy(decorator, place));
      if (symbol.kind === 'method') found.push(...this.#injectedIntoClass(place));
    }
    return found;
  }

  /** `session: Session = Depends(generate_session)` of a class of views, its own and inherited. */
  #injectedIntoClass(place: Place, depth = 0): SymbolPlace[] {
    const { file } = place;
    const index = this.#resolver.program.classAround(place);
    const facts = this.#resolver.program.facts(file);
    if (index === null || facts.language !== 'python' || depth > 4) return [];
    const { scope } = this.#resolver.program.symbol({ file, index });
    const own = facts.bindings.flatMap(({ scope: at, value }) =>
      at === scope && value !== null ? this.#injectedBy(value, place, 3) : [],
    );
    const bases = this.#resolver.types.basesOf({ kind: 'instance', file, index }).flatMap((base) => {
      const inner = this.#resolver.program.symbol(base).scope;
      return inner === null ? [] : this.#injectedIntoClass({ file: base.file, scope: inner }, depth + 1);
    });
    return [...own, ...bases];
  }

  #decoratedBy(decorator: Expression, place: Place): SymbolPlace[] {
    const own = this.#symbolsAt(decorator.kind === 'call' ? decorator.callee : decorator, place);
    return [...own, ...this.#injectedBy(decorator, place, 0)];
  }

  #injectedBy(expression: Expression, place: Place, depth: number): SymbolPlace[] {
    const found: SymbolPlace[] = [];
    walkExpression(expression, (inner) => {
      if (inner.kind !== 'call' || !INJECTORS.test(lastName(inner.callee) ?? '')) return;
      for (const { value } of inner.args) found.push(...this.#symbolsAt(value, place));
    });
    if (depth > 2 || (expression.kind !== 'name' && expression.kind !== 'member')) return found;
    // `CurrentUser = Annotated[User, Depends(get_current_user)]`
    for (const entity of this.#resolver.evaluate(expression, place)) {
      if (entity.kind === 'value') found.push(...this.#injectedBy(entity.value, entity, depth + 1));
    }
    return found;
  }

  #symbolsAt(expression: Expression, place: Place): SymbolPlace[] {
    return this.#resolver.evaluate(expression, place).flatMap((entity) => this.#symbolsOf(entity));
  }

  #symbolsOf(entity: Entity): SymbolPlace[] {
    if (entity.kind === 'symbol') return [{ file: entity.file, index: entity.index }];
    if (entity.kind !== 'value' || entity.value.kind !== 'function') return [];
    const scope = this.#resolver.program.facts(entity.file).scopes[entity.value.scope];
    return scope?.symbol === null || scope === undefined ? [] : [{ file: entity.file, index: scope.symbol }];
  }

  #holds(symbol: SymbolPlace, range: CodeRange): boolean {
    const { startLine, endLine } = this.#resolver.program.symbol(symbol);
    return symbol.file === range.file && startLine <= range.startLine && endLine >= range.endLine;
  }
}

function rangeKey({ file, startLine, endLine }: CodeRange): string {
  return `${file}:${startLine}-${endLine}`;
}

function symbolKey({ file, index }: SymbolPlace): string {
  return `${file}:${index}`;
}

function rootName(expression: Expression): string | null {
  return chainOf(expression)?.split('.')[0] ?? null;
}

function findHolder({ symbols }: FileFacts, made: CallExpression): number {
  return symbols.findIndex(
    ({ kind, inScope, startLine, endLine }) =>
      kind === 'variable' && inScope === 0 && startLine <= made.line && endLine >= made.endLine,
  );
}
