import type { CallExpression, Expression } from '../facts.ts';

/** One call of a chain such as `Route::prefix('a')->group(…)`. */
export interface ChainLink {
  readonly name: string;
  readonly call: CallExpression;
}

/** The calls of a chain in the order in which they are made, and what the first is made on. */
export interface CallChain {
  readonly root: Expression;
  readonly links: readonly ChainLink[];
}

/** Takes a chain of calls apart; `null`: the call is made on nothing. */
export function chainOfCalls(call: CallExpression): CallChain | null {
  const links: ChainLink[] = [];
  let at: Expression = call;
  while (at.kind === 'call' && at.callee.kind === 'member') {
    links.unshift({ name: at.callee.name, call: at });
    at = at.callee.of;
  }
  return links.length === 0 ? null : { root: at, links };
}
