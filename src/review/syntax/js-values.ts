import type { LeanNode } from '../../rag/lean-node.ts';
import type { SourceText } from './source-text.ts';

/**
 * The object that an expression stands for: itself, what an assertion wraps (`{ … } as T`), or the object that the
 * file gives a name of once, as a `const` that is not changed afterwards; `null` when it cannot be told.
 */
export function objectBehind(node: LeanNode, source: SourceText): LeanNode | null {
  if (node.type === 'object') return node;
  if (node.type === 'as_expression' || node.type === 'satisfies_expression') {
    const [inner] = node.children;
    return inner === undefined ? null : objectBehind(inner, source);
  }
  if (node.type !== 'identifier') return null;
  const declared = source.nodes('variable_declarator').filter((one) => one.child('name')?.text === node.text);
  const [only] = declared;
  const value = only?.child('value');
  if (declared.length !== 1 || value == null || only?.parent?.text.startsWith('const') !== true) return null;
  return isChanged(node.text, source) || value.type === 'identifier' ? null : objectBehind(value, source);
}

/** Whether the file sets a property of the name, or hands the name to something that may: `Object.assign(name, …)`. */
function isChanged(name: string, source: SourceText): boolean {
  const sets = source.nodes('assignment_expression', 'augmented_assignment_expression').some((one) => {
    const left = one.child('left');
    return left?.type.endsWith('_expression') === true && left.child('object')?.text === name;
  });
  return sets || source.text.includes(`Object.assign(${name},`);
}
