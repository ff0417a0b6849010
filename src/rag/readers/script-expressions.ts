import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { ObjectMethods } from './script-objects.ts';
import { bindPattern } from './script-patterns.ts';

/** What an expression cannot read by itself. */
interface Openers {
  readonly block: (node: LeanNode, scope: number) => void;
  readonly class: (node: LeanNode, scope: number) => number;
}

/** Reads expressions, types and functions written in place. */
export class ScriptExpressions {
  readonly #facts: FactBuilder;
  readonly #open: Openers;
  readonly #methods: ObjectMethods;

  constructor(facts: FactBuilder, open: Openers) {
    this.#facts = facts;
    this.#open = open;
    this.#methods = new ObjectMethods(facts);
  }

  /** Makes symbols of the functions of an object that has a name or is given away. */
  nameMethods(object: Expression, parent: string): void {
    this.#methods.name(object, parent);
  }

  /** `whole` is what a function's lines are counted from. */
  read(node: LeanNode, scope: number, whole: LeanNode = node): Expression {
    switch (node.type) {
      case 'identifier':
      case 'shorthand_property_identifier':
      case 'this':
      case 'super':
      case 'import':
      case 'type_identifier':
        return nameOf(node.text);
      case 'string':
        return stringOf(node.children.map((child) => child.text).join(''));
      case 'template_string':
        return this.#template(node, scope);
      case 'member_expression':
      case 'nested_type_identifier':
        return this.#member(node, scope);
      case 'subscript_expression':
        return this.#subscript(node, scope);
      case 'call_expression':
      case 'new_expression':
        return this.#call(node, scope);
      case 'array':
        return { kind: 'list', items: this.#all(node, scope) };
      case 'object':
        return this.#object(node, scope);
      case 'spread_element':
        return { kind: 'spread', of: this.#first(node, scope) };
      case 'arrow_function':
      case 'function_expression':
      case 'generator_function':
        return { kind: 'function', scope: this.functionScope(node, whole, scope) };
      case 'class':
        return { kind: 'function', scope: this.#open.class(node, scope) };
      case 'ternary_expression':
        return { kind: 'either', items: this.#all(node, scope).slice(1) };
      case 'binary_expression':
        return this.#operator(node, scope);
      case 'assignment_expression':
        return this.#assignment(node, scope);
      case 'await_expression':
      case 'parenthesized_expression':
      case 'non_null_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'expression_statement':
        return this.#first(node, scope);
      case 'statement_block':
        this.#open.block(node, scope);
        return otherOf('');
      default:
        return otherOf(node.text, this.#all(node, scope));
    }
  }

  /** Reads a type: `Promise<Order[]>` as `Promise` of a list of `Order`. */
  type(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'generic_type': {
        const [of, args] = [node.child('name'), node.child('type_arguments')];
        const items = (args?.children ?? []).map((child) => this.type(child, scope));
        return { kind: 'index', of: of === null ? otherOf('') : this.type(of, scope), items };
      }
      case 'union_type':
      case 'intersection_type':
        return { kind: 'either', items: node.children.map((child) => this.type(child, scope)) };
      case 'array_type':
        return { kind: 'list', items: node.children.map((child) => this.type(child, scope)) };
      case 'type_annotation':
      case 'parenthesized_type':
      case 'readonly_type': {
        const first = node.children[0];
        return first === undefined ? otherOf('') : this.type(first, scope);
      }
      case 'type_identifier':
      case 'identifier':
      case 'nested_type_identifier':
        return this.read(node, scope);
      default:
        return otherOf(node.text);
    }
  }

  /** Opens the scope of a function and reads its parameters and body. */
  functionScope(node: LeanNode, whole: LeanNode, scope: number): number {
    const returns = node.child('return_type');
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node: whole });
    const single = node.child('parameter');
    const list = node.child('parameters')?.children ?? (single === null ? [] : [single]);
    const params = list.map((param) => this.#parameter(param, opened));
    this.#facts.setParams(opened, params, returns === null ? null : this.type(returns, scope));
    for (const param of list) {
      // `({ app, prefix }) => …`: each name is a member of the parameter.
      const target = targetOf(param);
      const isPattern = target.type === 'object_pattern' || target.type === 'array_pattern';
      if (isPattern) bindPattern(target, nameOf(target.text), null, param, opened, this.#facts);
    }
    const body = node.child('body');
    if (body?.type === 'statement_block') this.#open.block(body, opened);
    else if (body !== null) this.giveBack(this.read(body, opened), opened);
    return opened;
  }

  /** Keeps what a function returns. */
  giveBack(value: Expression, scope: number): void {
    this.#facts.addReturn(scope, value);
    this.nameMethods(value, '');
  }

  #parameter(node: LeanNode, scope: number): Parameter {
    const target = targetOf(node);
    const type = node.child('type');
    const value = node.child('value') ?? node.child('right');
    const read = value === null ? null : this.read(value, scope);
    const decorators = node.children
      .filter((child) => child.type === 'decorator')
      .map((child) => this.#first(child, scope));
    return {
      name: target.text.replace(/^\.{3}/, ''),
      type: type === null ? null : this.type(type, scope),
      value: read,
      decorators,
    };
  }

  #all(node: LeanNode, scope: number): Expression[] {
    return node.children.map((child) => this.read(child, scope));
  }

  #first(node: LeanNode, scope: number): Expression {
    const first = node.children[0];
    return first === undefined ? otherOf(node.text) : this.read(first, scope);
  }

  #member(node: LeanNode, scope: number): Expression {
    const of = node.child('object') ?? node.child('module');
    const name = (node.child('property') ?? node.child('name'))?.text ?? '';
    return {
      kind: 'member',
      of: of === null ? otherOf('') : this.read(of, scope),
      name: name.replace(/^#/, ''),
    };
  }

  #subscript(node: LeanNode, scope: number): Expression {
    const [object, index] = [node.child('object'), node.child('index')];
    const of = object === null ? otherOf('') : this.read(object, scope);
    const read = index === null ? otherOf('') : this.read(index, scope);
    if (read.kind === 'string') return { kind: 'member', of, name: read.value };
    return { kind: 'index', of, items: [read] };
  }

  #call(node: LeanNode, scope: number): Expression {
    const calleeNode = node.child('function') ?? node.child('constructor');
    const callee = calleeNode === null ? otherOf('') : this.read(calleeNode, scope);
    const list = node.child('arguments');
    const nodes = list?.type === 'arguments' ? list.children : list === null ? [] : [list];
    const args = nodes
      .filter((child) => child.type !== 'comment')
      .map((child): Argument => ({ name: null, value: this.read(child, scope) }));
    return this.#facts.call(node, calleeNode, callee, args);
  }

  #template(node: LeanNode, scope: number): Expression {
    const parts = node.children.map((child) =>
      child.type === 'template_substitution' ? this.#first(child, scope) : stringOf(child.text),
    );
    const only = parts[0];
    if (only === undefined) return stringOf('');
    return parts.length === 1 && only.kind === 'string' ? only : { kind: 'join', parts };
  }

  #object(node: LeanNode, scope: number): Expression {
    const entries = node.children.flatMap((child) => {
      if (child.type === 'shorthand_property_identifier') {
        return [{ key: child.text, value: nameOf(child.text) }];
      }
      if (child.type === 'spread_element') return [{ key: '...', value: this.#first(child, scope) }];
      const key = (child.child('key') ?? child.child('name'))?.text.replace(/^['"]|['"]$/g, '');
      if (key === undefined) return [];
      if (child.type === 'method_definition') {
        const value = { kind: 'function', scope: this.functionScope(child, child, scope) } as const;
        this.#methods.add(value, key, child, scope);
        return [{ key, value }];
      }
      const written = child.child('value');
      if (written === null) return [];
      const value = this.read(written, scope);
      this.#methods.add(value, key, child, scope);
      return [{ key, value }];
    });
    return { kind: 'map', type: null, entries };
  }

  #operator(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return otherOf(node.text);
    const parts = [this.read(left, scope), this.read(right, scope)];
    const operator = node.textBetween(left, right).trim();
    if (operator === '+') return { kind: 'join', parts };
    return operator === '||' || operator === '??'
      ? { kind: 'either', items: parts }
      : otherOf(node.text, parts);
  }

  #assignment(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    const value = right === null ? otherOf('') : this.read(right, scope);
    if (left?.type === 'identifier') {
      this.#facts.addBinding({ scope, name: left.text, type: null, value, from: scope }, node);
    }
    return value;
  }
}

/** What a parameter is called. */
function targetOf(param: LeanNode): LeanNode {
  return param.child('pattern') ?? param.child('left') ?? param;
}
