import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Binds a name, or each name of a destructuring pattern, to `value`. */
export function bindPattern(
  target: LeanNode,
  value: Expression | null,
  type: Expression | null,
  node: LeanNode,
  scope: number,
  facts: FactBuilder,
): void {
  if (target.type === 'identifier') {
    facts.addBinding({ scope, name: target.text, type, value, from: scope }, node);
    return;
  }
  target.children.forEach((child, index) => {
    const named = child.type === 'pair_pattern' ? child.child('value') : child;
    const name = /^\w+/.exec(named?.text ?? '')?.[0];
    if (name === undefined) return;
    const key = child.child('key')?.text ?? name;
    const pick = target.type === 'array_pattern' ? index : key;
    facts.addBinding({ scope, name, type: null, value, from: scope }, node, pick);
  });
}
