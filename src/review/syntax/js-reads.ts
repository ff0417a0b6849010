import type { LeanNode } from '../../rag/lean-node.ts';
import { argumentsOf } from './javascript.ts';
import { enclosingFunction, listWithin } from './source-text.ts';

const READ = /^(get|fetch|find|read|list|load|lookup|search|count)/i;
/** Functions that read what is at hand: files, what the program is made of, words of the page's language. */
const AT_HAND =
  /^(read(File|Dir|Json|Text)|getTranslat|getLocale|getMessages$|(load|read)\w*(Config|Settings|Factory|Factories|Modules?|Plugins?|Templates?|Schemas?|Env)$)/i;
/** Functions that hand out a part of the program, made once and kept, when they are asked for none by name. */
const PARTS =
  /^(get|load)\w*(Driver|Client|Connection|Database|Db|Pool|Instance|Container|Context|Service|Provider|Repository|Logger|Store|Module)$/;
/** Objects whose calls do not leave the process. */
const LOCAL = /^(this|cache|map|store|config|fs|req|request|res|reader|stream|page|browser|response|form)\b/i;

/**
 * Whether what is awaited is a call that reads something outside of the process, by its name, over a connection that
 * others need not wait for.
 */
export function isRead(call: LeanNode | undefined): boolean {
  if (call === undefined || isMadeWithConnection(call)) return false;
  const callee = call.type === 'call_expression' ? call.child('function') : null;
  if (callee?.type === 'identifier')
    return READ.test(callee.text) && callee.text !== 'fetch' && !AT_HAND.test(callee.text) && !isPart(call);
  if (callee?.type !== 'member_expression' || LOCAL.test(callee.text)) return false;
  return READ.test(callee.child('property')?.text ?? '') && callee.child('object')?.type === 'identifier';
}

/** Whether the object that is asked was made, in the same function, with a connection of its own. */
function isMadeWithConnection(call: LeanNode): boolean {
  const object = call.child('function')?.child('object');
  const body = enclosingFunction(call)?.child('body');
  if (object?.type !== 'identifier' || body == null) return false;
  return listWithin(body, 'variable_declarator').some(
    (one) =>
      one.child('name')?.text === object.text &&
      /\b(trx|tx|queryRunner|entityManager)\b/.test(one.child('value')?.text ?? ''),
  );
}

function isPart(call: LeanNode): boolean {
  return PARTS.test(call.child('function')?.text ?? '') && argumentsOf(call).length === 0;
}
