import type { LeanNode } from '../../rag/lean-node.ts';
import { enclosingFunction, type SourceText } from './source-text.ts';

/**
 * Whether the function that makes a client closes it as well, so that nothing after it uses it: `client.close()`
 * or `pool.end()` around the work, or `with Client() as c:`. At the top level of a file only `with` counts: whoever imports it may use
 * what is made there.
 */
export function isClosedWhereMade(made: LeanNode, source: SourceText): boolean {
  let held = made;
  while (held.parent !== null && /^(await_expression|await|as_pattern)$/.test(held.parent.type))
    held = held.parent;
  if (held.parent?.type === 'with_item') return true;
  const around = enclosingFunction(made);
  const holder = held.parent;
  const name = (holder?.child('name') ?? holder?.child('left'))?.text ?? '';
  if (around === null || !/^\w+$/.test(name)) return false;
  const body = source.text.slice(around.start, around.end);
  return (
    new RegExp(`\\b${name}\\??\\.(close|end)\\(`).test(body) && !new RegExp(`\\breturn ${name}\\b`).test(body)
  );
}
