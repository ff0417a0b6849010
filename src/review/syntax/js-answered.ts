import type { LeanNode } from '../../rag/lean-node.ts';
import { membersOf } from './source-text.ts';

/** An answer of Express that ends the request, headers and status before it aside. */
const ANSWER =
  /^(return )?(await )?(res|response)(\.(status|set|type|header|cookie)\([^()]*\))*\.(json|send|end|sendStatus|redirect)\(/;

/** Whether every way to a place of a handler comes by an answer before it, as far as the blocks around the place tell. */
export function isAnswered(place: LeanNode, handler: LeanNode): boolean {
  for (let inner = place; inner.start > handler.start && inner.parent !== null; inner = inner.parent) {
    const around = inner.parent;
    if (around.type !== 'statement_block') continue;
    if (membersOf(around).some((one) => one.end <= inner.start && answers(one))) return true;
  }
  return false;
}

/** Whether a statement answers, whichever way it goes. */
function answers(statement: LeanNode | null): boolean {
  if (statement === null) return false;
  const { type } = statement;
  if (type === 'expression_statement' || type === 'return_statement') return ANSWER.test(statement.text);
  if (type === 'statement_block') return membersOf(statement).some(answers);
  if (type === 'try_statement')
    return (
      answers(statement.child('finalizer')?.child('body') ?? null) ||
      (answers(statement.child('body')) && answers(statement.child('handler')?.child('body') ?? null))
    );
  if (type !== 'if_statement') return false;
  const otherwise = statement.child('alternative');
  return answers(statement.child('consequence')) && otherwise !== null && membersOf(otherwise).some(answers);
}
