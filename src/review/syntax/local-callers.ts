import type { LeanNode } from '../../rag/lean-node.ts';
import { enclosingFunction, type SourceText } from './source-text.ts';

/**
 * The functions that call `called` of JavaScript or TypeScript, one for each call, when only its own file can: a
 * function that is not exported, or a private method, whose every use is a call.
 * `null`: others may call it, nobody does, or a call stands at the top level.
 */
export function listLocalCallers(called: LeanNode, source: SourceText): readonly LeanNode[] | null {
  const uses = called.type === 'method_definition' ? methodUses(called, source) : nameUses(called, source);
  if (uses === null || uses.length === 0) return null;
  const callers = uses.map((use) => (isCallee(use) ? enclosingFunction(use) : null));
  const known = callers.filter((caller) => caller !== null);
  return known.length === callers.length ? known : null;
}

/** The grammar takes `await f<T>(a)` for a call of `await f`. */
function isCallee(use: LeanNode): boolean {
  const callee =
    use.parent?.type === 'await_expression' && use.parent.field === 'function' ? use.parent : use;
  return callee.parent?.type === 'call_expression' && callee.field === 'function';
}

function methodUses(method: LeanNode, source: SourceText): readonly LeanNode[] | null {
  const name = method.child('name');
  const isPrivate =
    name?.type === 'private_property_identifier' ||
    method.children.some((part) => part.type === 'accessibility_modifier' && part.text === 'private');
  if (name === null || !isPrivate) return null;
  return source.nodes('member_expression').filter((member) => member.child('property')?.text === name.text);
}

function nameUses(called: LeanNode, source: SourceText): readonly LeanNode[] | null {
  const holder = called.type === 'function_declaration' ? called : called.parent;
  const statement = holder?.type === 'variable_declarator' ? holder.parent : holder;
  const name = holder?.child('name');
  if (holder !== called && holder?.type !== 'variable_declarator') return null;
  if (name?.type !== 'identifier' || statement?.parent?.type === 'export_statement') return null;
  return source
    .nodes('identifier', 'shorthand_property_identifier')
    .filter((node) => node.text === name.text && node.start !== name.start);
}
