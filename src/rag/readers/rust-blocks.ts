import type { LeanNode } from '../lean-node.ts';

const VALUES = /expression$|literal$|identifier$|^(self|macro_invocation|async_block|unsafe_block|block)$/;
const LOOPS = /^(for|while|loop|assignment|compound_assignment)_expr/;

/** The statements of a block, and its last expression where the block gives it. */
export function splitBlock(node: LeanNode): {
  readonly statements: LeanNode[];
  readonly value: LeanNode | null;
} {
  const nodes = node.children.filter((child) => !child.type.endsWith('comment'));
  const last = nodes.at(-1);
  const isWrapped = last?.type === 'expression_statement';
  const inner = isWrapped ? last?.children[0] : last;
  const isValue =
    inner !== undefined &&
    VALUES.test(inner.type) &&
    !LOOPS.test(inner.type) &&
    !(isWrapped && last?.text.endsWith(';') === true);
  return isValue ? { statements: nodes.slice(0, -1), value: inner } : { statements: nodes, value: null };
}
