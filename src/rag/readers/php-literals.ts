import { otherOf, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

type Read = (node: LeanNode) => Expression;

/** A string with what is interpolated; of a heredoc its body. */
export function readString(node: LeanNode, read: Read): Expression {
  const body = node.child('value') ?? node;
  const parts = body.children.flatMap((child): Expression[] => {
    if (/^(string_content|nowdoc_string|escape_sequence)$/.test(child.type)) return [stringOf(child.text)];
    return /^heredoc_(start|end)$/.test(child.type) ? [] : [read(child)];
  });
  const [only] = parts;
  if (only === undefined) return stringOf('');
  return parts.length === 1 && only.kind === 'string' ? only : { kind: 'join', parts };
}

/** An array: a map when one of its elements has a key, else a list. */
export function readArray(node: LeanNode, read: Read): Expression {
  const elements = node.children.filter((child) => child.type !== 'comment').map(toElement);
  if (elements.every(({ key }) => key === null)) {
    return {
      kind: 'list',
      items: elements.map(({ value, isSpread, text }): Expression => {
        if (value === null) return otherOf(text);
        return isSpread ? { kind: 'spread', of: read(value) } : read(value);
      }),
    };
  }
  const entries = elements.map(({ key, value, isSpread, text }, index) => ({
    key: isSpread
      ? '...'
      : key === null
        ? String(index)
        : (key.childOfType('string_content')?.text ?? key.text),
    value: value === null ? otherOf(text) : read(value),
  }));
  return { kind: 'map', type: null, entries };
}

interface Element {
  readonly key: LeanNode | null;
  readonly value: LeanNode | null;
  readonly isSpread: boolean;
  readonly text: string;
}

function toElement(node: LeanNode): Element {
  const [first, second] = node.children;
  const inner = first?.type === 'variadic_unpacking' ? first : node;
  const isSpread = inner.type === 'variadic_unpacking';
  if (second !== undefined) return { key: first ?? null, value: second, isSpread: false, text: node.text };
  return { key: null, value: (isSpread ? inner.children[0] : first) ?? null, isSpread, text: node.text };
}
