import type { LeanNode } from '../../rag/lean-node.ts';
import { listWithin } from './source-text.ts';

/** Names that say by themselves that rows change. */
const CHANGES = /^(save|insert|update|delete|persist|upsert|batch)(?![a-z])/;
/** Names that say so where the object is one of a database, and something of memory elsewhere. */
const MAY_CHANGE = /^(add|assign|create|execute|merge|move|put|remove|replace|set|store|write)(?![a-z])/;
const DATABASE = /(dao|repo|repository|mapper|service|session|template|entityManager|\bem|dsl|jdbc)$/i;
/** Calls that only read what is at hand, or say what happened. */
const HARMLESS =
  /^(get|is|has|size|equals|lock$|unlock$|debug$|info$|warn$|error$|trace$|format$|toString$|build)/;

/** Calls in the body of a Java method that may do something; those that only answer to a failure aside. */
export function listActions(method: LeanNode): LeanNode[] {
  const body = method.child('body');
  if (body === null) return [];
  const answers = listWithin(body, 'catch_clause');
  return listWithin(body, 'method_invocation').filter(
    (call) =>
      !HARMLESS.test(call.child('name')?.text ?? '') &&
      !answers.some((answer) => answer.start <= call.start && call.end <= answer.end),
  );
}

/** Whether a call changes rows, as far as its name and that of its object tell. */
export function changesRows(call: LeanNode): boolean {
  const name = call.child('name')?.text ?? '';
  if (CHANGES.test(name)) return true;
  return MAY_CHANGE.test(name) && DATABASE.test(call.child('object')?.text ?? '');
}
