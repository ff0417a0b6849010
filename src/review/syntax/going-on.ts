import type { LeanNode } from '../../rag/lean-node.ts';

/** Names of functions that are there to hold something up, or to wait until it is there. */
const KEEPERS =
  /supervis|daemon|consum|subscri|reconnect|connect|listen|watch|loop|work(er)?|forever|poll|keep_?alive|heartbeat|monitor|serve|wait|until|ready|boot|start|launch|run|main/i;

/**
 * Whether a loop that pauses between its attempts has to go on for as long as it takes: a supervisor, a consumer, what
 * connects anew, or what waits for a dependency when the process starts. No request waits for these: their functions
 * say so by their names, or hand nothing over. `given` is what the attempt returns or assigns.
 */
export function mustGoOn(functionName: string, given: readonly LeanNode[]): boolean {
  return KEEPERS.test(functionName) || given.every((one) => /^return;?$/.test(one.text.trim()));
}
