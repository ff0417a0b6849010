import type { LeanNode } from '../../rag/lean-node.ts';
import { nameOf } from './named-functions.ts';

const FUNCTIONS = new Set([
  'arrow_function',
  'function_expression',
  'generator_function',
  'func_literal',
  'lambda',
  'lambda_expression',
  'constructor_declaration',
  'static_initializer',
]);
/** Methods that call what they are given as part of the work at hand. */
const AT_ONCE = /^(then|catch|finally|map|flatMap|forEach|filter|reduce|find|some|every|sort)$/;
const HOLDERS = new Set([
  'arguments',
  'argument_list',
  'keyword_argument',
  'pair',
  'keyed_element',
  'literal_element',
  'array',
  'list',
  'tuple',
  'expression_list',
  'return_statement',
  'assignment_expression',
  'assignment',
  'variable_declarator',
  'jsx_expression',
  'export_statement',
]);
const NAMES = new Set(['identifier', 'member_expression', 'attribute', 'selector_expression']);

/**
 * Whether what a node holds may run at another time than the code around it, or again and again: a function without a
 * name that is handed over or stored, and a loop without a known end.
 */
export function runsLater(node: LeanNode): boolean {
  if (FUNCTIONS.has(node.type)) return nameOf(node) === null && !runsAtOnce(node);
  return isOpenLoop(node);
}

/** Whether a node stands in such code, within the named function around it. */
export function standsInLater(node: LeanNode): boolean {
  for (let above = node.parent; above !== null; above = above.parent) {
    if (runsLater(above)) return true;
    if (nameOf(above) !== null) return false;
  }
  return false;
}

/** Whether a name is given to somebody who may call it, or a decorator takes the function. */
export function isHanded(node: LeanNode): boolean {
  if (node.type === 'decorated_definition' || node.type === 'shorthand_property_identifier') return true;
  if (!NAMES.has(node.type) || !HOLDERS.has(node.parent?.type ?? '')) return false;
  return !['name', 'left', 'key', 'function'].includes(node.field ?? '');
}

/** The last part of a name: `list` of `orders.list`. */
export function lastName(node: LeanNode): string {
  const named =
    node.type === 'decorated_definition' ? (node.child('definition')?.child('name') ?? node) : node;
  return named.text.slice(named.text.lastIndexOf('.') + 1);
}

function runsAtOnce(node: LeanNode): boolean {
  let held = node;
  while (held.parent?.type === 'parenthesized_expression') held = held.parent;
  if (held.field === 'function') return true;
  const call = held.parent?.type === 'arguments' ? held.parent.parent : null;
  if (call?.type === 'new_expression') return call.child('constructor')?.text === 'Promise';
  return AT_ONCE.test(call?.child('function')?.child('property')?.text ?? '');
}

/** `while`, `for (;;)`, and a loop over a stream or a channel; a loop over a list ends. */
function isOpenLoop(node: LeanNode): boolean {
  if (node.type === 'while_statement' || node.type === 'do_statement') return true;
  if (node.type === 'for_in_statement') return /^for\s+await\b/.test(node.text);
  if (node.type !== 'for_statement') return false;
  return /^(async\s+for\b|for\s*(\{|\(\s*;\s*;|[^{;]*\brange\b))/.test(node.text);
}
