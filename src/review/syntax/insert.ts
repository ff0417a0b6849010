import type { LeanNode } from '../../rag/lean-node.ts';
import type { TextEdit } from '../rule.ts';
import { indentAt, lineBreakAt, membersOf } from './source-text.ts';

/**
 * Puts one more member at the end of a list in brackets: arguments, an object, a call. It stands right after
 * the last member, so that a trailing comma and comments stay good; on its own line when each member has one.
 */
export function appendMember(text: string, list: LeanNode, member: string): TextEdit {
  const last = membersOf(list).at(-1);
  if (last === undefined) {
    const empty = list.text.slice(1, -1).trim() === '';
    const inner = list.type === 'object' ? ` ${member} ` : member;
    return empty
      ? { startOffset: list.start + 1, endOffset: list.end - 1, text: inner }
      : { startOffset: list.start + 1, endOffset: list.start + 1, text: `${member}, ` };
  }
  const ownLine = /\n[ \t]*$/.test(text.slice(list.start, last.start));
  const gap = ownLine ? `${lineBreakAt(text, list.start)}${indentAt(text, last.start)}` : ' ';
  return insertAt(last.end, `,${gap}${member}`);
}

export function insertAt(offset: number, text: string): TextEdit {
  return { startOffset: offset, endOffset: offset, text };
}

export function replaceNode(node: LeanNode, text: string): TextEdit {
  return { startOffset: node.start, endOffset: node.end, text };
}
