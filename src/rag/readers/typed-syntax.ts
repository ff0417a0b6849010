import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** A variable or field with what it is declared with. */
export interface Declared {
  readonly name: LeanNode;
  readonly type: LeanNode | null;
  readonly value: LeanNode | null;
}

/** How a language of classes with typed members (Java, C#) writes what they share. */
export interface TypedSyntax {
  readonly classes: RegExp;
  readonly interfaces: RegExp;
  readonly methods: RegExp;
  readonly fields: RegExp;
  readonly locals: RegExp;
  readonly lambdas: RegExp;
  /** Nodes that hold statements or members and open nothing. */
  readonly containers: RegExp;
  readonly returnField: string;
  readonly listDeclared: (node: LeanNode) => readonly Declared[];
  readonly listDecorators: (node: LeanNode) => readonly LeanNode[];
  readonly listBases: (node: LeanNode) => readonly LeanNode[];
  readonly listParameters: (node: LeanNode) => readonly LeanNode[];
  /** Reads `using`, `import` and `package`; `false`: the node is none. */
  readonly readHead: (node: LeanNode, add: HeadSink) => boolean;
  /** Expressions that are the language's own; `null`: the shared reading applies. */
  readonly readOwn: (node: LeanNode, read: (inner: LeanNode) => Expression) => Expression | null;
  /** Callee and arguments of a call. */
  readonly splitCall: (node: LeanNode) => SplitCall | null;
}

export interface HeadSink {
  readonly import: (local: string, module: string, name: string) => void;
  readonly package: (name: string) => void;
}

export interface SplitCall {
  /** Object that a method is called on; `null`: none. */
  readonly of: LeanNode | null;
  readonly name: LeanNode;
  readonly args: readonly LeanNode[];
  /** What the object is filled with after its constructor. */
  readonly fields?: LeanNode;
  /** `Group<Orders>` of `Group<Orders>()`: what the call says by its types. */
  readonly typed?: LeanNode;
}
