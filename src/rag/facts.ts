/**
 * What is read from one file, the same for every language: symbols, scopes, names bound to expressions, imports.
 * Facts depend on the file's text alone, so they are kept by its hash; who means what is found later (`program.ts`).
 */
import type { SymbolKind } from '../types-code.ts';

export interface Argument {
  /** Of a keyword argument. */
  readonly name: string | null;
  readonly value: Expression;
}

export interface CallExpression {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: readonly Argument[];
  readonly line: number;
  readonly endLine: number;
  /** Offset of its end in the file; with the file it names the call, since calls of a chain end apart. */
  readonly at: number;
}

export interface MapExpression {
  readonly kind: 'map';
  /** Type of a composite literal such as Go's `User{…}`. */
  readonly type: Expression | null;
  readonly entries: readonly { readonly key: string; readonly value: Expression }[];
}

/** An expression, reduced to what tells who is called with what. */
export type Expression =
  | { readonly kind: 'string'; readonly value: string }
  /** Template, f-string or concatenation. */
  | { readonly kind: 'join'; readonly parts: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | CallExpression
  /** Subscript or generic type. */
  | { readonly kind: 'index'; readonly of: Expression; readonly items: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | MapExpression
  /** Function or class written in place; `scope` is an index into `scopes`. */
  | { readonly kind: 'function'; readonly scope: number }
  /** One of several: `a or b`, `c ? a : b`. */
  | { readonly kind: 'either'; readonly items: readonly Expression[] }
  /** An item of a collection, as a loop sees it. */
  | { readonly kind: 'each'; readonly of: Expression }
  | { readonly kind: 'spread'; readonly of: Expression }
  /** Anything else: its text when short, and the calls inside. */
  | { readonly kind: 'other'; readonly text: string; readonly items: readonly Expression[] };

export interface SymbolFact {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly parent: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Scope that it stands in. */
  readonly inScope: number;
  /** Scope that it opens. */
  readonly scope: number | null;
  readonly decorators: readonly Expression[];
  /** Superclasses and interfaces. */
  readonly bases: readonly Expression[];
}

export interface Parameter {
  readonly name: string;
  readonly type: Expression | null;
  readonly value: Expression | null;
  readonly decorators: readonly Expression[];
}

export interface ScopeFact {
  readonly kind: 'module' | 'class' | 'function';
  /** -1 for the module. */
  readonly parent: number;
  readonly symbol: number | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly params: readonly Parameter[];
  readonly returns: readonly Expression[];
  readonly returnType: Expression | null;
  /** Name of the parameter that is the instance, such as `self` or Go's receiver. */
  readonly self: string | null;
}

/** A name bound to a value: variable, constant, field. */
export interface Binding {
  /** Scope in which the name can be seen; a class for its fields. */
  readonly scope: number;
  readonly name: string;
  readonly type: Expression | null;
  readonly value: Expression | null;
  /** Scope in which the value is evaluated. */
  readonly from: number;
  /** Key or position taken out of the value by destructuring. */
  readonly pick: string | number | null;
  readonly line: number;
  readonly endLine: number;
}

export interface Import {
  readonly scope: number;
  readonly local: string;
  /** As written, e.g. `../db` or `app.core`. */
  readonly module: string;
  /** Imported name; `*` is the module itself, or with `local` `*` every name of it. */
  readonly name: string;
  readonly line: number;
}

export interface Export {
  /** `*` with a module: every name of it. */
  readonly name: string;
  /** Module of a re-export. */
  readonly module: string | null;
  readonly value: Expression;
}

/** An expression that stands as a statement. */
export interface Statement {
  readonly scope: number;
  readonly value: Expression;
}

/** What is kept of a file. */
export interface StoredFacts {
  readonly language: string;
  readonly lines: number;
  /** Go package, Java package, C# or PHP namespace; empty elsewhere. */
  readonly package: string;
  readonly symbols: readonly SymbolFact[];
  readonly scopes: readonly ScopeFact[];
  readonly bindings: readonly Binding[];
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly statements: readonly Statement[];
}

export interface FileFacts extends StoredFacts {
  /** Each call once, found in the expressions above. */
  readonly calls: readonly PlacedCall[];
}

/** A call and the scope that it is made in. */
export interface PlacedCall {
  readonly scope: number;
  readonly call: CallExpression;
}
