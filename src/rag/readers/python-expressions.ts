import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Reads Python's expressions, types and parameters. */
export class PythonExpressions {
  readonly #facts: FactBuilder;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
  }

  read(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'identifier':
        return nameOf(node.text);
      case 'string':
        return this.#string(node, scope);
      case 'concatenated_string':
        return { kind: 'join', parts: node.children.map((child) => this.read(child, scope)) };
      case 'attribute':
        return {
          kind: 'member',
          of: this.#field(node, 'object', scope),
          name: node.child('attribute')?.text ?? '',
        };
      case 'call':
        return this.#call(node, scope);
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
        return { kind: 'list', items: node.children.map((child) => this.read(child, scope)) };
      case 'dictionary':
        return this.#dictionary(node, scope);
      case 'list_splat':
      case 'dictionary_splat':
        return { kind: 'spread', of: this.first(node, scope) };
      case 'subscript':
        return {
          kind: 'index',
          of: this.#field(node, 'value', scope),
          items: node.childrenOf('subscript').map((child) => this.read(child, scope)),
        };
      case 'generic_type':
        return {
          kind: 'index',
          of: this.first(node, scope),
          items: (node.childOfType('type_parameter')?.children ?? []).map((child) => this.type(child, scope)),
        };
      case 'union_type':
      case 'boolean_operator':
      case 'conditional_expression':
        return { kind: 'either', items: node.children.map((child) => this.read(child, scope)) };
      case 'binary_operator':
        return this.#operator(node, scope);
      case 'lambda':
        return this.#lambda(node, scope);
      case 'await':
      case 'parenthesized_expression':
      case 'type':
      case 'keyword_argument':
      case 'decorator':
      case 'as_pattern':
        return this.first(node, scope);
      default:
        return otherOf(
          node.text,
          node.children.map((child) => this.read(child, scope)),
        );
    }
  }

  first(node: LeanNode, scope: number): Expression {
    const first = node.children[0];
    return first === undefined ? otherOf(node.text) : this.read(first, scope);
  }

  #field(node: LeanNode, field: string, scope: number): Expression {
    const child = node.child(field);
    return child === null ? otherOf(node.text) : this.read(child, scope);
  }

  #string(node: LeanNode, scope: number): Expression {
    const parts = node.children.flatMap((child): Expression[] => {
      if (child.type === 'string_content') return [stringOf(child.text)];
      if (child.type !== 'interpolation') return [];
      return [this.#field(child, 'expression', scope)];
    });
    const only = parts[0];
    if (parts.length === 0) return stringOf('');
    return parts.length === 1 && only?.kind === 'string' ? only : { kind: 'join', parts };
  }

  #operator(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return otherOf(node.text);
    const parts = [this.read(left, scope), this.read(right, scope)];
    const operator = node.textBetween(left, right).trim();
    if (operator === '+') return { kind: 'join', parts };
    const [format, given] = parts;
    if (operator === '%' && format?.kind === 'string' && given !== undefined)
      return fillFormat(format.value, given);
    return operator === '|' ? { kind: 'either', items: parts } : otherOf(node.text, parts);
  }

  #dictionary(node: LeanNode, scope: number): Expression {
    const entries = node.children.flatMap((pair) => {
      const value = pair.child('value');
      const key = pair.child('key');
      if (pair.type !== 'pair' || key === null || value === null) return [];
      return [{ key: key.childOfType('string_content')?.text ?? key.text, value: this.read(value, scope) }];
    });
    return { kind: 'map', type: null, entries };
  }

  #lambda(node: LeanNode, scope: number): Expression {
    const params = (node.child('parameters')?.children ?? []).flatMap((child) =>
      this.parameter(child, scope),
    );
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node, params });
    const body = node.child('body');
    if (body !== null) this.#facts.addReturn(opened, this.read(body, opened));
    return { kind: 'function', scope: opened };
  }

  #call(node: LeanNode, scope: number): Expression {
    const callee = this.#field(node, 'function', scope);
    const list = node.child('arguments');
    const nodes = list?.type === 'argument_list' ? list.children : list === null ? [] : [list];
    const args = nodes.map((child): Argument => {
      const value = child.type === 'keyword_argument' ? child.child('value') : child;
      const name = child.type === 'keyword_argument' ? (child.child('name')?.text ?? null) : null;
      return { name, value: value === null ? otherOf('') : this.read(value, scope) };
    });
    return this.#facts.call(node, node.child('function'), callee, args);
  }

  parameter(node: LeanNode, scope: number): Parameter[] {
    const name = (node.child('name') ?? firstIdentifier(node))?.text;
    if (name === undefined) return [];
    const type = node.child('type');
    const value = node.child('value');
    return [
      {
        name,
        type: type === null ? null : this.type(type, scope),
        value: value === null ? null : this.read(value, scope),
        decorators: [],
      },
    ];
  }

  /** A type; what stands in quotes is read as a name. */
  type(node: LeanNode, scope: number): Expression {
    const read = this.read(node, scope);
    return read.kind === 'string' && /^[\w.]+$/.test(read.value) ? nameOf(read.value) : read;
  }
}

function firstIdentifier(node: LeanNode): LeanNode | null {
  if (node.type === 'identifier') return node;
  for (const child of node.children) {
    const found = firstIdentifier(child);
    if (found !== null) return found;
  }
  return null;
}

/** `'/orders/%s/items' % ORDER_ID`: the text with what is put into it. */
function fillFormat(format: string, given: Expression): Expression {
  const values = given.kind === 'list' ? given.items : [given];
  const texts = format.split(/%(?:\(\w+\))?[sdr]/);
  const parts = texts.flatMap((text, index) => {
    const value = index === 0 ? undefined : values[index - 1];
    return [...(value === undefined ? [] : [value]), ...(text === '' ? [] : [stringOf(text)])];
  });
  return { kind: 'join', parts };
}
