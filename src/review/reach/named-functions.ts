import type { LeanNode } from '../../rag/lean-node.ts';

const FUNCTION_VALUES = new Set(['arrow_function', 'function_expression', 'generator_function']);
const NAMED = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'method_declaration',
  'function_definition',
]);

/** The name of a function; `null` for one without, and for what is no function. */
export function nameOf(node: LeanNode): string | null {
  if (NAMED.has(node.type)) return node.child('name')?.text ?? null;
  if (!FUNCTION_VALUES.has(node.type)) return null;
  const holder = node.parent;
  if (holder?.type === 'variable_declarator' && holder.child('name')?.type === 'identifier') {
    return holder.child('name')?.text ?? null;
  }
  return holder?.type === 'pair' ? (holder.child('key')?.text ?? null) : null;
}
