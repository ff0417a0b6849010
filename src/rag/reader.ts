import type { FactBuilder } from './fact-builder.ts';
import type { LanguageName } from './languages.ts';
import type { LeanNode } from './lean-node.ts';

/** Reads the facts of one file from its tree: the contract of `readers/`. */
export interface Reader {
  readonly languages: readonly LanguageName[];
  readonly read: (root: LeanNode, facts: FactBuilder) => void;
}

/** Gives the reader as it is, with its type checked. */
export function defineReader(reader: Reader): Reader {
  return reader;
}
