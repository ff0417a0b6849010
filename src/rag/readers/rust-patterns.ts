import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** What a pattern takes its names from: `node` is the whole declaration. */
export interface Matched {
  readonly value: Expression;
  readonly pick: string | number | null;
  readonly scope: number;
  readonly node: LeanNode;
}

/** Binds the names of a pattern: `Some(x)`, `(a, b)`, `Order { id, total: t }`. */
export function bindPattern(pattern: LeanNode, matched: Matched, facts: FactBuilder): void {
  const { value, scope, node } = matched;
  const add = (name: string, pick: string | number | null) =>
    facts.addBinding({ scope, name, type: null, value, from: scope }, node, pick);
  switch (pattern.type) {
    case 'identifier':
      add(pattern.text, matched.pick);
      break;
    case 'tuple_pattern': {
      const isSplit = isSplitForParts(value);
      pattern.children.forEach((child, index) => {
        bindPattern(child, { ...matched, pick: isSplit && index === 0 ? null : index }, facts);
      });
      break;
    }
    case 'struct_pattern':
      for (const field of pattern.children) {
        const key = field.child('name')?.text;
        if (key !== undefined) add(field.child('pattern')?.text ?? key, key);
      }
      break;
    case 'scoped_identifier':
    case 'field_expression':
    case 'index_expression':
      facts.addStatement(scope, value);
      break;
    default: {
      const inner = pattern.children.filter((child) => child.field !== 'type');
      for (const child of inner) bindPattern(child, matched, facts);
      if (inner.length === 0) facts.addStatement(scope, value);
    }
  }
}

/** The first name that a pattern binds; empty: none. */
export function boundName(pattern: LeanNode): string {
  if (/^(identifier|shorthand_field_identifier)$/.test(pattern.type)) return pattern.text;
  for (const child of pattern.children) {
    const found = child.field === 'type' ? '' : boundName(child);
    if (found !== '') return found;
  }
  return '';
}

/** The first of utoipa's `split_for_parts()` is the router itself. */
function isSplitForParts(value: Expression): boolean {
  return value.kind === 'call' && value.callee.kind === 'member' && value.callee.name === 'split_for_parts';
}
