import type { LeanNode } from '../../rag/lean-node.ts';
import { enclosingGoFunction } from './go-functions.ts';
import { findAncestor, membersOf } from './source-text.ts';

/** What only those who look for errors turn on. */
const DEBUGGING = /debug|pprof|profil/i;
const HANDLED = /\.Handle(?:Func)?\(\s*"([^"]*)"/g;

/**
 * Whether a server that a node makes or starts is there for those who look for errors: the function around it is called
 * so, a branch around it asks for that, or all that the function around it registers are profiles of `net/http/pprof`.
 */
export function isForDebugging(node: LeanNode): boolean {
  const declared = findAncestor(node, 'function_declaration', 'method_declaration');
  if (/pprof|profil(er|ing)/i.test(declared?.child('name')?.text ?? '')) return true;
  const handled = [...(enclosingGoFunction(node)?.text ?? '').matchAll(HANDLED)].map((one) => one[1] ?? '');
  if (handled.length > 0 && handled.every((path) => path.startsWith('/debug/pprof'))) return true;
  for (let above = node.parent; above !== null; above = above.parent) {
    const condition = above.type === 'if_statement' ? above.child('condition') : null;
    const branch = above.child('consequence');
    if (condition === null || branch === null || node.start < branch.start || branch.end <= node.start)
      continue;
    if (DEBUGGING.test(condition.text) && !/^!|[!=]=/.test(condition.text)) return true;
  }
  return false;
}

/** Whether a call listens on an address that stands in it, and that nobody beyond this machine reaches. */
export function listensHereOnly(call: LeanNode): boolean {
  const list = call.child('arguments');
  return /^["'`](localhost|127\.|\[::1\])/.test(list === null ? '' : (membersOf(list)[0]?.text ?? ''));
}
