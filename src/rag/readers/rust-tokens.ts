import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Reads the tokens of macros and attributes, which the grammar leaves unparsed, as arguments where they look so. */
export class RustTokens {
  readonly #facts: FactBuilder;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
  }

  /** `get, path = "/x", tags("a")` between the brackets of `tree`; `name =` makes a keyword argument. */
  arguments(tree: LeanNode): Argument[] {
    return splitAtCommas(tree).map((nodes) => this.#argument(nodes));
  }

  /** `#[get("/x")]` as a call, `#[handler]` as a name. */
  attribute(node: LeanNode): Expression | null {
    const attribute = node.childOfType('attribute');
    const path = attribute?.children[0];
    if (attribute === null || path === undefined) return null;
    const callee = pathOf(path.text);
    const tree = attribute.child('arguments');
    return tree === null ? callee : this.#facts.call(attribute, path, callee, this.arguments(tree));
  }

  #argument(nodes: readonly LeanNode[]): Argument {
    const [first, second] = nodes;
    if (first?.type === 'identifier' && second !== undefined && /^\s*=\s*$/.test(between(first, second))) {
      return { name: first.text, value: this.#chain(nodes.slice(1)) };
    }
    return { name: null, value: this.#chain(nodes) };
  }

  /** `a::b`, `a.b(c)`, `a(b).c`; what stands behind an operator is kept for its calls. */
  #chain(nodes: readonly LeanNode[]): Expression {
    const rest: Expression[] = [];
    let value: Expression | null = null;
    let last: LeanNode | null = null;
    for (const node of nodes) {
      const joint: string = last === null ? '' : between(last, node).trim();
      if (value !== null && last !== null && isCall(node, joint)) {
        value = this.#called(value, last, node);
      } else if (value !== null && /^(::|\.)$/.test(joint)) {
        if (node.type !== 'token_tree') value = { kind: 'member', of: value, name: node.text };
      } else {
        if (value !== null) rest.push(value);
        value = this.#single(node);
      }
      last = node;
    }
    if (value === null) return otherOf('');
    return rest.length === 0 ? value : otherOf('', [...rest, value]);
  }

  #called(callee: Expression, name: LeanNode, tree: LeanNode): Expression {
    const node = tree.from(name.start);
    return this.#facts.call(node, null, callee, this.arguments(tree));
  }

  #single(node: LeanNode): Expression {
    if (/string_literal$/.test(node.type)) return stringOf(rustString(node));
    if (/^(identifier|crate|super|self|metavariable)$/.test(node.type)) return nameOf(node.text);
    if (node.type !== 'token_tree') return otherOf(node.text);
    return { kind: 'list', items: this.arguments(node).map((argument) => argument.value) };
  }
}

/** The text of a string literal. */
export function rustString(node: LeanNode): string {
  return node.children
    .filter((child) => /^(string_content|escape_sequence)$/.test(child.type))
    .map((child) => child.text)
    .join('');
}

function isCall(node: LeanNode, joint: string): boolean {
  return node.type === 'token_tree' && joint === '' && node.text.startsWith('(');
}

function pathOf(text: string): Expression {
  const [first = '', ...rest] = text.split('::').map((part) => part.trim());
  return rest.reduce<Expression>((of, name) => ({ kind: 'member', of, name }), nameOf(first));
}

function splitAtCommas(tree: LeanNode): LeanNode[][] {
  const groups: LeanNode[][] = [];
  let last: LeanNode | null = null;
  for (const node of tree.children) {
    if (node.type.endsWith('comment')) continue;
    const group = groups.at(-1);
    if (group === undefined || last === null || /[,;]|=>/.test(between(last, node))) groups.push([node]);
    else group.push(node);
    last = node;
  }
  return groups;
}

function between(left: LeanNode, right: LeanNode): string {
  return left.textBetween(left, right).replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
}
