import type { LeanNode } from '../../rag/lean-node.ts';
import type { SourceText } from './source-text.ts';

/** The limit that a route of Next.js has on Vercel and elsewhere; it ends what runs after the answer as well. */
const LIMITED = /^export const maxDuration\s*=\s*[1-9]/m;
const AFTER = /^(\w+\.)*(after|waitUntil)$/;

/**
 * Whether a place runs only after the answer has left, and within the limit of its route: `after(…)`, `waitUntil(…)`,
 * or a function of the file that only such code calls (Next.js docs, "after" and "maxDuration").
 */
export function isAfterAnswer(source: SourceText, place: LeanNode): boolean {
  if (!LIMITED.test(source.text)) return false;
  return runsAfter(source, place, new Set());
}

function runsAfter(source: SourceText, place: LeanNode, seen: Set<string>): boolean {
  let name: string | undefined;
  for (let above = place.parent; above !== null; above = above.parent) {
    const callee = above.type === 'call_expression' ? above.child('function') : null;
    if (callee !== null && callee.end <= place.start && AFTER.test(callee.text)) return true;
    if (above.type === 'export_statement') return false;
    if (above.type === 'function_declaration') name = above.child('name')?.text;
    if (above.type === 'variable_declarator' && above.child('value')?.type === 'arrow_function')
      name = above.child('name')?.text;
  }
  if (name === undefined || seen.has(name)) return false;
  seen.add(name);
  const uses = source.nodes('identifier').filter((one) => one.text === name && one.field !== 'name');
  return uses.length > 0 && uses.every((use) => runsAfter(source, use, seen));
}
