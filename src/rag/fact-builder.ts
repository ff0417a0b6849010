import type { SymbolKind } from '../types-code.ts';
import { walkExpression } from './expressions.ts';
import type {
  Argument,
  Binding,
  CallExpression,
  Expression,
  FileFacts,
  Import,
  Parameter,
  PlacedCall,
  StoredFacts,
} from './facts.ts';
import type { LeanNode } from './lean-node.ts';

interface OpenScope {
  kind: 'module' | 'class' | 'function';
  parent: number;
  symbol: number | null;
  startLine: number;
  endLine: number;
  params: Parameter[];
  returns: Expression[];
  returnType: Expression | null;
  self: string | null;
}

/** What a reader says of a symbol; places come from `node`. */
export interface NewSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly node: LeanNode;
  readonly inScope: number;
  readonly scope?: number | null;
  readonly parent?: string;
  readonly decorators?: readonly Expression[];
  readonly bases?: readonly Expression[];
}

/** What a reader says of a scope. */
export interface NewScope {
  readonly kind: 'class' | 'function';
  readonly parent: number;
  readonly node: LeanNode;
  readonly params?: readonly Parameter[];
  readonly returnType?: Expression | null;
  readonly self?: string | null;
}

/** Collects the facts of one file while a reader walks its tree. */
export class FactBuilder {
  readonly language: string;
  package = '';
  readonly #lineStarts: number[] = [0];
  readonly #symbols: (FileFacts['symbols'][number] & { endLine: number })[] = [];
  readonly #scopes: OpenScope[] = [];
  readonly #bindings: Binding[] = [];
  readonly #imports: Import[] = [];
  readonly #exports: FileFacts['exports'][number][] = [];
  readonly #statements: FileFacts['statements'][number][] = [];

  constructor(language: string, text: string) {
    this.language = language;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
    if (text.endsWith('\n')) this.#lineStarts.pop();
    this.#scopes.push({
      kind: 'module',
      parent: -1,
      symbol: null,
      startLine: 1,
      endLine: this.#lineStarts.length,
      params: [],
      returns: [],
      returnType: null,
      self: null,
    });
  }

  /** Line of an offset, from 1. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  openScope(scope: NewScope): number {
    this.#scopes.push({
      kind: scope.kind,
      parent: scope.parent,
      symbol: null,
      ...this.linesOf(scope.node),
      params: [...(scope.params ?? [])],
      returns: [],
      returnType: scope.returnType ?? null,
      self: scope.self ?? null,
    });
    return this.#scopes.length - 1;
  }

  addSymbol(symbol: NewSymbol): void {
    const scope = symbol.scope ?? null;
    this.#symbols.push({
      name: symbol.name,
      kind: symbol.kind,
      parent: symbol.parent ?? this.pathOf(symbol.inScope),
      ...this.linesOf(symbol.node),
      inScope: symbol.inScope,
      scope,
      decorators: symbol.decorators ?? [],
      bases: symbol.bases ?? [],
    });
    const opened = scope === null ? undefined : this.#scopes[scope];
    if (opened !== undefined) opened.symbol = this.#symbols.length - 1;
  }

  /** Names of the symbols around a scope, outermost first, joined by `.`. */
  pathOf(scope: number): string {
    const names: string[] = [];
    for (let at = scope; at > 0; at = this.#scopes[at]?.parent ?? -1) {
      const symbol = this.#symbols[this.#scopes[at]?.symbol ?? -1];
      if (symbol === undefined) continue;
      return [symbol.parent, symbol.name, ...names].filter((name) => name !== '').join('.');
    }
    return names.join('.');
  }

  /** The innermost class around `scope`, itself included; `null`: none. */
  classAround(scope: number): number | null {
    for (let at = scope; at > 0; at = this.#scopes[at]?.parent ?? -1) {
      if (this.#scopes[at]?.kind === 'class') return at;
    }
    return null;
  }

  kindOf(scope: number): OpenScope['kind'] {
    return this.#scopes[scope]?.kind ?? 'module';
  }

  setParams(scope: number, params: readonly Parameter[], returnType: Expression | null): void {
    const opened = this.#scopes[scope];
    if (opened === undefined) return;
    opened.params = [...params];
    opened.returnType = returnType;
  }

  addReturn(scope: number, value: Expression): void {
    this.#scopes[scope]?.returns.push(value);
  }

  addBinding(
    binding: Omit<Binding, 'line' | 'endLine' | 'pick'>,
    node: LeanNode,
    pick: Binding['pick'] = null,
  ): void {
    const { startLine, endLine } = this.linesOf(node);
    this.#bindings.push({ ...binding, pick, line: startLine, endLine });
  }

  addImport(scope: number, local: string, module: string, name: string, node: LeanNode): void {
    this.#imports.push({ scope, local, module, name, line: this.lineAt(node.start) });
  }

  addExport(name: string, value: Expression, module: string | null = null): void {
    this.#exports.push({ name, module, value });
  }

  addStatement(scope: number, value: Expression): void {
    this.#statements.push({ scope, value });
  }

  /** A call; `callee` is its node, so that a link of a chain begins at its own name. */
  call(
    node: LeanNode,
    calleeNode: LeanNode | null,
    callee: Expression,
    args: readonly Argument[],
  ): CallExpression {
    const chained = callee.kind === 'member' && callee.of.kind === 'call';
    const last = calleeNode?.children.at(-1);
    const start = chained && last !== undefined ? last.start : node.start;
    return {
      kind: 'call',
      callee,
      args,
      line: this.lineAt(start),
      endLine: this.lineAt(node.end),
      at: node.end,
    };
  }

  linesOf(node: LeanNode): { readonly startLine: number; readonly endLine: number } {
    return { startLine: this.lineAt(node.start), endLine: this.lineAt(Math.max(node.start, node.end - 1)) };
  }

  build(): StoredFacts {
    return {
      language: this.language,
      lines: this.#lineStarts.length,
      package: this.package,
      symbols: this.#symbols,
      scopes: this.#scopes,
      bindings: this.#bindings,
      imports: this.#imports,
      exports: this.#exports,
      statements: this.#statements,
    };
  }
}

/** Every call of a file, each once, in the order of its statements. */
export function listCalls(facts: StoredFacts): PlacedCall[] {
  const calls: PlacedCall[] = [];
  const seen = new Set<CallExpression>();
  const add = (scope: number, root: Expression) =>
    walkExpression(root, (inner) => {
      if (inner.kind !== 'call' || seen.has(inner)) return;
      seen.add(inner);
      calls.push({ scope, call: inner });
    });
  for (const { scope, value } of facts.statements) add(scope, value);
  for (const { from, value } of facts.bindings) if (value !== null) add(from, value);
  facts.scopes.forEach((scope, index) => {
    for (const value of scope.returns) add(index, value);
    for (const { value } of scope.params) if (value !== null) add(index, value);
  });
  for (const { value } of facts.exports) add(0, value);
  return calls.sort((a, b) => a.call.line - b.call.line || a.call.at - b.call.at);
}
