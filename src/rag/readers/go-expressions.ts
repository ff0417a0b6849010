import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Reads Go's expressions, types and parameters. */
export class GoExpressions {
  readonly #facts: FactBuilder;
  readonly #block: (node: LeanNode, scope: number) => void;

  constructor(facts: FactBuilder, block: (node: LeanNode, scope: number) => void) {
    this.#facts = facts;
    this.#block = block;
  }

  read(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'identifier':
      case 'type_identifier':
      case 'package_identifier':
      case 'field_identifier':
        return nameOf(node.text);
      case 'interpreted_string_literal':
      case 'raw_string_literal':
        return stringOf(node.children.map((child) => child.text).join(''));
      case 'selector_expression':
      case 'qualified_type':
        return this.#member(node, scope);
      case 'call_expression':
        return this.#call(node, scope);
      case 'composite_literal':
        return this.#composite(node, scope);
      case 'func_literal':
        return { kind: 'function', scope: this.functionScope(node, node, scope, null) };
      case 'binary_expression':
        return this.#operator(node, scope);
      case 'pointer_type':
      case 'unary_expression':
      case 'parenthesized_expression':
      case 'literal_element':
      case 'type_constraint':
        return this.#first(node, scope);
      case 'type_conversion_expression':
        return this.#first(node, scope);
      case 'generic_type':
      case 'index_expression':
      case 'type_instantiation_expression': {
        const [of, ...items] = node.children.map((child) => this.read(child, scope));
        return { kind: 'index', of: of ?? otherOf(''), items };
      }
      case 'slice_type':
      case 'array_type':
        return {
          kind: 'list',
          items: node.childrenOf('element').map((child) => this.read(child, scope)),
        };
      default:
        return otherOf(
          node.text,
          node.children.map((child) => this.read(child, scope)),
        );
    }
  }

  /** Opens the scope of a function and reads its body. */
  functionScope(node: LeanNode, whole: LeanNode, scope: number, self: string | null): number {
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node: whole, self });
    const params = (node.child('parameters')?.children ?? []).flatMap((child) =>
      this.#parameters(child, scope),
    );
    const result = node.child('result');
    this.#facts.setParams(opened, params, result === null ? null : this.#resultType(result, scope));
    const body = node.child('body');
    if (body !== null) this.#block(body, opened);
    return opened;
  }

  #resultType(node: LeanNode, scope: number): Expression {
    if (node.type !== 'parameter_list') return this.read(node, scope);
    const items = node.children.flatMap((child) => {
      const type = child.child('type');
      return type === null ? [] : [this.read(type, scope)];
    });
    return { kind: 'list', items };
  }

  #parameters(node: LeanNode, scope: number): Parameter[] {
    const type = node.child('type');
    const read = type === null ? null : this.read(type, scope);
    return node
      .childrenOf('name')
      .map((name) => ({ name: name.text, type: read, value: null, decorators: [] }));
  }

  #first(node: LeanNode, scope: number): Expression {
    const first = node.children[0];
    return first === undefined ? otherOf(node.text) : this.read(first, scope);
  }

  #member(node: LeanNode, scope: number): Expression {
    const of = node.child('operand') ?? node.child('package');
    const name = (node.child('field') ?? node.child('name'))?.text ?? '';
    return { kind: 'member', of: of === null ? otherOf('') : this.read(of, scope), name };
  }

  #call(node: LeanNode, scope: number): Expression {
    const calleeNode = node.child('function');
    const nodes = node.child('arguments')?.children ?? [];
    const args = nodes
      .filter((child) => child.type !== 'comment')
      .map((child): Argument => ({ name: null, value: this.read(child, scope) }));
    if (calleeNode?.text === 'new') return { kind: 'map', type: args[0]?.value ?? null, entries: [] };
    const callee = calleeNode === null ? otherOf('') : this.read(calleeNode, scope);
    return this.#facts.call(node, calleeNode, callee, args);
  }

  /** @param element what the list or map around it says of a literal that names no type of its own. */
  #composite(node: LeanNode, scope: number, element: LeanNode | null = null): Expression {
    const type = node.child('type');
    const body = node.type === 'literal_value' ? node : node.child('body');
    const elements = (body?.children ?? []).filter((child) => child.type !== 'comment');
    const around = type ?? element;
    const inner = around?.child('element') ?? around?.child('value') ?? null;
    if (around !== null && /^(slice|array|implicit_length_array)_type$/.test(around.type)) {
      return { kind: 'list', items: elements.map((child) => this.#element(child, scope, inner)) };
    }
    const fields = around?.type === 'struct_type' ? fieldNames(around) : [];
    const isKeyed = elements.some((child) => child.child('key') !== null);
    const entries = elements.flatMap((child, index) => {
      const [key, value] = [child.child('key'), child.child('value')];
      if (key !== null && value !== null) {
        return [{ key: key.text.replace(/^["`]|["`]$/g, ''), value: this.#element(value, scope, inner) }];
      }
      // `Route{"GET", "/orders", list}`: by the fields in their order.
      return isKeyed ? [] : [{ key: fields[index] ?? `${index}`, value: this.#element(child, scope, inner) }];
    });
    const isNamed = type !== null && !/^(map|struct)_type$/.test(type.type);
    return { kind: 'map', type: isNamed ? this.read(type, scope) : null, entries };
  }

  #element(node: LeanNode, scope: number, type: LeanNode | null): Expression {
    const own = node.type === 'literal_element' ? (node.children[0] ?? node) : node;
    return own.type === 'literal_value' ? this.#composite(own, scope, type) : this.read(own, scope);
  }

  #operator(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return otherOf(node.text);
    const parts = [this.read(left, scope), this.read(right, scope)];
    return node.textBetween(left, right).trim() === '+' ? { kind: 'join', parts } : otherOf(node.text, parts);
  }
}

function fieldNames(struct: LeanNode): string[] {
  const fields = struct.children[0]?.children ?? [];
  return fields.flatMap((field) => field.childrenOf('name').map((name) => name.text));
}
