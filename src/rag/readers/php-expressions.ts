import { nameOf, otherOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { readArray, readString } from './php-literals.ts';
import type { PhpNames } from './php-names.ts';

/** What an expression cannot read by itself. */
interface Openers {
  readonly statement: (node: LeanNode, scope: number) => void;
  readonly assign: (node: LeanNode, scope: number) => Expression;
  readonly anonymousClass: (node: LeanNode, scope: number) => number;
}

const LOADS = /^(require|require_once|include|include_once)_expression$/;
/** Calls that give an object of the class that they name. */
const MAKES = /^(app|resolve|make|makeWith|get|instance)$/;

/** Reads PHP's expressions, types and parameters. Variables keep their `$`; names of classes are given in full. */
export class PhpExpressions {
  readonly #facts: FactBuilder;
  readonly #names: PhpNames;
  readonly #open: Openers;

  constructor(facts: FactBuilder, names: PhpNames, open: Openers) {
    this.#facts = facts;
    this.#names = names;
    this.#open = open;
  }

  read(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'variable_name':
        return nameOf(node.text);
      case 'name':
      case 'qualified_name':
        return nameOf(/^__[A-Z]+__$/.test(node.text) ? node.text : this.#names.classOf(node.text));
      case 'relative_scope':
        return nameOf(node.text === 'parent' ? (this.#names.parent ?? '$this') : '$this');
      case 'string':
      case 'encapsed_string':
      case 'heredoc':
      case 'nowdoc':
        return readString(node, (inner) => this.read(inner, scope));
      case 'member_access_expression':
      case 'nullsafe_member_access_expression':
        return {
          kind: 'member',
          of: this.#field(node, 'object', scope),
          name: node.child('name')?.text ?? '',
        };
      case 'scoped_property_access_expression':
        return {
          kind: 'member',
          of: this.#field(node, 'scope', scope),
          name: node.child('name')?.text.replace(/^\$/, '') ?? '',
        };
      case 'class_constant_access_expression':
        return this.#classConstant(node, scope);
      case 'function_call_expression':
      case 'member_call_expression':
      case 'nullsafe_member_call_expression':
      case 'scoped_call_expression':
        return this.#call(node, scope);
      case 'object_creation_expression':
        return this.#creation(node, scope);
      case 'array_creation_expression':
        return readArray(node, (inner) => this.read(inner, scope));
      case 'subscript_expression': {
        const [of, ...items] = this.all(node, scope);
        return of === undefined ? otherOf(node.text) : { kind: 'index', of, items };
      }
      case 'anonymous_function':
      case 'anonymous_function_creation_expression':
      case 'arrow_function':
        return this.#closure(node, scope);
      case 'assignment_expression':
      case 'augmented_assignment_expression':
      case 'reference_assignment_expression':
        return this.#open.assign(node, scope);
      default:
        return this.#operator(node, scope);
    }
  }

  all(node: LeanNode, scope: number): Expression[] {
    return node.children.map((child) => this.read(child, scope));
  }

  args(list: LeanNode | null, scope: number): Argument[] {
    return (list?.children ?? [])
      .filter((child) => child.type !== 'comment')
      .map((child) => {
        const name = child.child('name');
        const value =
          child.children.find((inner) => inner !== name && inner.type !== 'reference_modifier') ?? child;
        return { name: name?.text ?? null, value: this.read(value, scope) };
      });
  }

  parameters(node: LeanNode, scope: number): Parameter[] {
    return (node.child('parameters')?.children ?? []).flatMap((child): Parameter[] => {
      const name = child.child('name');
      if (name === null) return [];
      const [type, value] = [child.child('type'), child.child('default_value')];
      return [
        {
          name: name.text,
          type: type === null ? null : this.type(type),
          value: value === null ? null : this.read(value, scope),
          decorators: [],
        },
      ];
    });
  }

  type(node: LeanNode): Expression {
    switch (node.type) {
      case 'union_type':
      case 'intersection_type':
      case 'disjunctive_normal_form_type':
      case 'type_list':
        return { kind: 'either', items: node.children.map((child) => this.type(child)) };
      case 'optional_type':
      case 'named_type':
        return node.children[0] === undefined ? otherOf(node.text) : this.type(node.children[0]);
      case 'name':
      case 'qualified_name':
        return nameOf(/^(self|static)$/.test(node.text) ? '$this' : this.#names.classOf(node.text));
      default:
        return otherOf(node.text);
    }
  }

  #field(node: LeanNode, field: string, scope: number): Expression {
    const child = node.child(field);
    return child === null ? otherOf(node.text) : this.read(child, scope);
  }

  /** `Order::class` names the class itself. */
  #classConstant(node: LeanNode, scope: number): Expression {
    const [of, name] = node.children;
    if (of === undefined || name === undefined) return otherOf(node.text);
    const owner = this.read(of, scope);
    return name.text === 'class' ? owner : { kind: 'member', of: owner, name: name.text };
  }

  #call(node: LeanNode, scope: number): Expression {
    const args = this.args(node.child('arguments'), scope);
    const fn = node.child('function');
    const name = fn?.text ?? node.child('name')?.text ?? '';
    const made = MAKES.test(name) ? madeClass(node) : null;
    if (made !== null) return this.#facts.call(node, null, this.read(made, scope), args.slice(1));
    if (fn !== null) {
      const isNamed = fn.type === 'name' || fn.type === 'qualified_name';
      const callee = isNamed ? nameOf(this.#names.functionOf(name)) : this.read(fn, scope);
      return this.#facts.call(node, null, callee, args);
    }
    const of = this.#field(node, node.child('object') === null ? 'scope' : 'object', scope);
    return this.#facts.call(node, null, { kind: 'member', of, name }, args);
  }

  #creation(node: LeanNode, scope: number): Expression {
    const args = this.args(node.childOfType('arguments'), scope);
    const anonymous =
      node.childOfType('anonymous_class') ?? (node.childOfType('declaration_list') === null ? null : node);
    if (anonymous !== null) return { kind: 'function', scope: this.#open.anonymousClass(anonymous, scope) };
    const type = node.childOfType('name', 'qualified_name', 'relative_scope', 'variable_name');
    const callee = type === null ? otherOf(node.text) : this.read(type, scope);
    return this.#facts.call(node, null, callee, args);
  }

  #closure(node: LeanNode, scope: number): Expression {
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node });
    const returns = node.child('return_type');
    this.#facts.setParams(
      opened,
      this.parameters(node, opened),
      returns === null ? null : this.type(returns),
    );
    const body = node.child('body');
    if (body?.type === 'compound_statement')
      for (const child of body.children) this.#open.statement(child, opened);
    else if (body !== null) this.#facts.addReturn(opened, this.read(body, opened));
    return { kind: 'function', scope: opened };
  }

  #operator(node: LeanNode, scope: number): Expression {
    const [first] = node.children;
    if (LOADS.test(node.type) && first !== undefined) {
      return this.#facts.call(node, null, nameOf('require'), [
        { name: null, value: this.read(first, scope) },
      ]);
    }
    if (node.type === 'binary_expression') {
      const [left, right] = [node.child('left'), node.child('right')];
      if (left === null || right === null) return otherOf(node.text);
      const parts = [this.read(left, scope), this.read(right, scope)];
      const operator = node.textBetween(left, right).trim();
      if (operator === '.') return { kind: 'join', parts };
      return /^(\?\?|\|\||or)$/.test(operator) ? { kind: 'either', items: parts } : otherOf(node.text, parts);
    }
    if (node.type === 'conditional_expression') {
      const items = this.all(node, scope);
      return { kind: 'either', items: items.length > 2 ? items.slice(1) : items };
    }
    if (/^(match_expression|match_block)$/.test(node.type)) {
      return { kind: 'either', items: this.all(node.child('body') ?? node, scope) };
    }
    if (/^match_(default|conditional)_expression$/.test(node.type))
      return this.#field(node, 'return_expression', scope);
    const isWrapper =
      /^(parenthesized_expression|error_suppression_expression|clone_expression|argument)$/.test(node.type);
    if (isWrapper && first !== undefined) return this.read(first, scope);
    return otherOf(node.text, this.all(node, scope));
  }
}

/** The class that `app(Order::class)` names. */
function madeClass(call: LeanNode): LeanNode | null {
  const given = call.child('arguments')?.children[0]?.children[0];
  if (given?.type !== 'class_constant_access_expression') return null;
  const [of, name] = given.children;
  return name?.text === 'class' ? (of ?? null) : null;
}
