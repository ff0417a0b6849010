import type { LeanNode } from '../../rag/lean-node.ts';
import { positionalOf } from './python.ts';
import { enclosingFunction, findAncestor } from './source-text.ts';

/** Schemes whose content is in the address itself, or on this machine (RFC 2397, RFC 8089). */
const LOCAL_SCHEME = /["'](data|file):/;
const LOCAL_NAME = /(^|_)(data|file)_?ur[il]s?(_|$)/i;

/**
 * Whether a call of `urlopen` opens no connection: its address, the condition around it or the name of the function
 * that it stands in says that it is a `data:` or a `file:` one.
 */
export function opensNoConnection(call: LeanNode): boolean {
  const [address] = positionalOf(call);
  if (address !== undefined && (LOCAL_SCHEME.test(address.text) || LOCAL_NAME.test(address.text)))
    return true;
  const around = enclosingFunction(call);
  if (LOCAL_NAME.test(around?.child('name')?.text ?? '')) return true;
  const branch = findAncestor(call, 'if_statement');
  const taken = branch?.child('consequence');
  return (
    branch != null &&
    taken != null &&
    taken.start <= call.start &&
    call.end <= taken.end &&
    (around === null || around.start < branch.start) &&
    LOCAL_SCHEME.test(branch.child('condition')?.text ?? '')
  );
}
